import type { ReactElement } from "react";
import type { ReactionName } from "../../call/types";

const SKIN = "#f6c28b";
const SKIN_SHADE = "#e09a5a";
const INK = "#4a2a14";
const STROKE = {
  fill: "none",
  stroke: INK,
  strokeWidth: 2.6,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;

const face = (
  <>
    <circle cx="24" cy="24" r="20" fill="#ffcf5c" />
    <path d="M24 44a20 20 0 0 0 19-26 20 20 0 0 1-36 16 20 20 0 0 0 17 10z" fill="#f4b13d" />
  </>
);

/** Our own drawings, because emoji fonts differ and some systems have none. */
const IMAGES: Record<ReactionName, ReactElement> = {
  clap: (
    <>
      <path d="M12 8l-3-4M20 5V1M5 15l-4-2" stroke="#ffcf5c" strokeWidth="3" strokeLinecap="round" />
      <g transform="rotate(-32 26 28)">
        <rect x="17" y="8" width="6" height="22" rx="3" fill={SKIN_SHADE} />
        <rect x="23" y="6" width="6" height="24" rx="3" fill={SKIN_SHADE} />
        <rect x="29" y="9" width="6" height="22" rx="3" fill={SKIN_SHADE} />
        <rect x="17" y="20" width="18" height="22" rx="9" fill={SKIN_SHADE} />
      </g>
      <g transform="rotate(-18 30 30)">
        <rect x="20" y="11" width="6" height="22" rx="3" fill={SKIN} />
        <rect x="26.5" y="9" width="6" height="24" rx="3" fill={SKIN} />
        <rect x="33" y="12" width="6" height="22" rx="3" fill={SKIN} />
        <rect x="20" y="23" width="19" height="23" rx="9.5" fill={SKIN} />
        <rect x="13.5" y="22" width="7" height="17" rx="3.5" fill={SKIN} transform="rotate(-28 17 30)" />
      </g>
    </>
  ),
  heart: (
    <>
      <path
        d="M24 42S5 31 5 17.500A10.5 10.5 0 0 1 24 11.5 10.5 10.5 0 0 1 43 17.500C43 31 24 42 24 42z"
        fill="#ef5b5b"
      />
      <path d="M12 18a5 5 0 0 1 4-5" stroke="#ffb3ab" strokeWidth="3" strokeLinecap="round" fill="none" />
    </>
  ),
  "thumbs-up": (
    <>
      <rect x="4" y="21" width="9" height="21" rx="3" fill="#e07a45" />
      <path
        d="M15 22c5-3 7-8 7.5-15 .3-4 7.5-4 8 2 .3 4-1 7-2 10h10c3.5 0 5 2.2 4.6 5L41 37c-.6 3-2.6 5-6 5H23c-4 0-6-1-8-2z"
        fill={SKIN}
      />
      <path d="M33 27h8M33 34h7" stroke={SKIN_SHADE} strokeWidth="2.4" strokeLinecap="round" />
    </>
  ),
  laugh: (
    <>
      {face}
      <path d="M12 20l4-3 4 3M28 20l4-3 4 3" {...STROKE} />
      <path d="M13 26h22c0 7-4.5 11-11 11s-11-4-11-11z" fill={INK} />
      <path d="M17.5 34.500c2-2.5 11-2.5 13 0-3.5 3.3-9.5 3.3-13 0z" fill="#ef6f6f" />
    </>
  ),
  surprise: (
    <>
      {face}
      <circle cx="17" cy="20" r="2.8" fill={INK} />
      <circle cx="31" cy="20" r="2.8" fill={INK} />
      <path d="M12.5 13c1.5-1.6 3.5-2.4 5.5-2M30 11c2-.4 4 .4 5.5 2" {...STROKE} strokeWidth={2.2} />
      <ellipse cx="24" cy="33" rx="5" ry="6" fill={INK} />
    </>
  ),
  party: (
    <>
      <path d="M6 43l9-25 16 16z" fill="#f0844c" />
      <path d="M11.5 28l10 11M9 35l5.5 5.5" stroke="#ffd98a" strokeWidth="3" strokeLinecap="round" />
      <path d="M15 18c4-2 18 12 16 16-3 2-18-13-16-16z" fill="#c9581f" />
      <path
        d="M24 16c0-5 4-5 3-11M32 24c4-4 7 0 12-4"
        fill="none"
        stroke="#7fc4a4"
        strokeWidth="2.8"
        strokeLinecap="round"
      />
      <circle cx="35" cy="11" r="2.6" fill="#ffcf5c" />
      <circle cx="43" cy="31" r="2.4" fill="#ef5b5b" />
      <circle cx="16" cy="8" r="2.4" fill="#8fb3e8" />
      <path d="M38 3l3 3M43 12l3-1" stroke="#ef5b5b" strokeWidth="2.6" strokeLinecap="round" />
    </>
  ),
};

export function ReactionImage({ name, size = 28 }: { name: ReactionName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" aria-hidden="true">
      {IMAGES[name]}
    </svg>
  );
}
