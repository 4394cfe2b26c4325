import { Hand, Mic, MicOff, Pin, PinOff } from "lucide-react";
import { type CSSProperties, type MouseEvent, type ReactNode, useRef } from "react";
import { personColours } from "../../components/avatar";
import { Control } from "../../components/control";
import { useLevel } from "../../components/level-meter";
import { useText } from "../../i18n/text";
import { useMaru } from "../hooks/maru-context";
import type { Rect } from "./layout";
import "./tile.css";

export interface TileLayout {
  rect: Rect;
  large: boolean;
  small: boolean;
  /** Makes the tile large, or equal again. Null if there is only one tile. */
  onPin: (() => void) | null;
}

/** Inline style that positions an element in the stage. */
export function positioned({ x, y, width, height }: Rect): CSSProperties {
  return { translate: `${x}px ${y}px`, width, height };
}

interface TileProps extends TileLayout {
  /** Participant ID, or "self". */
  participant: string;
  link?: string;
  kind?: "person" | "screen";
  name: string;
  /** What the colours go by, if not the name: the avatar in the tile has the same ones. */
  coloursOf?: string;
  speaking?: boolean;
  hand?: boolean;
  /** Of a raised hand among several: 1 for the first one. */
  handPosition?: number | null;
  /** Undefined on screens, and without media. */
  muted?: boolean;
  /** Shown beside the name. */
  mark?: ReactNode;
  /** A button beside the pin, while the pointer or the focus is on the tile. */
  corner?: ReactNode;
  children: ReactNode;
}

/**
 * The frame around a video: name, microphone, hand, speaking ring, and the button that makes it large. A double click does
 * the same; a single one does nothing, because it would rearrange the stage of somebody who only wanted the window.
 */
export function Tile(props: TileProps) {
  const {
    participant,
    link,
    kind = "person",
    name,
    coloursOf = name,
    speaking = false,
    hand = false,
    handPosition = null,
    muted,
    mark,
    corner,
    children,
  } = props;
  const { rect, large, small, onPin } = props;
  const text = useText();
  return (
    <li
      className={`tile ${small ? "tile-small" : ""}`}
      style={{ ...positioned(rect), ...personColours(coloursOf) }}
      data-testid="tile"
      data-participant={participant}
      data-drop={participant}
      data-link={link}
      data-speaking={speaking}
      data-kind={kind}
      onDoubleClick={onPin ? (event) => isControl(event) || onPin() : undefined}
    >
      {children}
      {speaking && muted === false && <SpeakingRing participant={participant} />}
      <div className="tile-corner">
        {!small && corner}
        {onPin && (
          <Control
            compact
            tipBelow
            className="tile-pin tip-right"
            label={text.call.spotlight(name)}
            data-tip={large ? text.call.toGrid : text.call.spotlight(name)}
            aria-pressed={large}
            icon={large ? <PinOff size={17} /> : <Pin size={17} />}
            onClick={onPin}
          />
        )}
        {hand && (
          <div
            className="tile-hand"
            role="img"
            aria-label={text.call.handUp(handPosition)}
            title={text.call.handUp(handPosition)}
          >
            <Hand size={18} aria-hidden="true" />
            {handPosition !== null && <b>{text.call.ordinal(handPosition)}</b>}
          </div>
        )}
      </div>
      <div className="tile-name">
        {muted !== undefined &&
          (muted ? (
            <MicOff size={15} role="img" aria-label={text.call.muted} className="tile-muted" />
          ) : (
            <Mic size={15} role="img" aria-label={text.call.microphoneOn} />
          ))}
        <span>{name}</span>
        {mark}
      </div>
    </li>
  );
}

/** On a button, whose quick clicks are not for the tile. */
function isControl({ target }: MouseEvent): boolean {
  return target instanceof Element && target.closest("button, summary, a") !== null;
}

/** Brightness follows the audio level. */
function SpeakingRing({ participant }: { participant: string }) {
  const { call } = useMaru();
  const ring = useRef<HTMLSpanElement>(null);
  useLevel(ring, () => call.level(participant), setRingOpacity);
  return <span ref={ring} className="tile-ring" aria-hidden="true" />;
}

function setRingOpacity(ring: HTMLElement, level: number): void {
  ring.style.opacity = `${0.55 + 0.45 * level}`;
}
