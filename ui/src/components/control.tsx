import { X } from "lucide-react";
import type { ComponentProps, ReactNode, Ref } from "react";
import "./control.css";

export interface ControlProps extends Omit<ComponentProps<"button">, "children"> {
  /** Accessible name and tooltip. */
  label: string;
  /** Key shown in the tooltip. */
  shortcut?: string | undefined;
  icon: ReactNode;
  /** `on`: active (sharing, hand raised). `off`: turned off (microphone, camera). */
  tone?: "neutral" | "on" | "off";
  /** Shows a spinner and a cross: pressing it again cancels. */
  opening?: boolean;
  badge?: number;
  /** Drawn as a ring, 0–1; null without one. The label says it too. */
  progress?: number | null;
  /** Smaller, for headers. */
  compact?: boolean;
  tipBelow?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** Names of keys in `aria-keyshortcuts` (UI Events) that differ from what is printed on them. */
const KEY_NAMES: Readonly<Record<string, string>> = { Esc: "Escape" };

/** A round button with an icon, which changes with the state: colour is never the only difference. */
export function Control({
  label,
  shortcut,
  icon,
  tone = "neutral",
  opening = false,
  badge = 0,
  progress = null,
  compact = false,
  tipBelow = false,
  className = "",
  ...rest
}: ControlProps) {
  return (
    <button
      type="button"
      className={`control control-${tone} ${compact ? "control-compact" : ""} ${tipBelow ? "tip-below" : ""} tip ${className}`}
      aria-label={label}
      aria-keyshortcuts={shortcut && (KEY_NAMES[shortcut] ?? shortcut)}
      data-tip={shortcut ? `${label}  ${shortcut}` : label}
      {...rest}
    >
      {icon}
      {opening && (
        <>
          <span className="control-ring spin" aria-hidden="true" />
          <span className="control-badge control-cancel" aria-hidden="true">
            <X size={13} strokeWidth={3} />
          </span>
        </>
      )}
      {progress !== null && (
        <svg className="control-progress" viewBox="0 0 48 48" aria-hidden="true">
          <circle cx="24" cy="24" r="22" />
          <circle cx="24" cy="24" r="22" pathLength="1" strokeDasharray={`${progress} 1`} />
        </svg>
      )}
      {badge > 0 && (
        <span className="control-badge" aria-hidden="true">
          {badge > 99 ? "99+" : badge}
        </span>
      )}
    </button>
  );
}
