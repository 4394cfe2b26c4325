import { Maximize, Minimize, ZoomIn, ZoomOut } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Control } from "../../components/control";
import { useText } from "../../i18n/text";
import { canFillScreen, toggleFullScreen, useFullScreen } from "../hooks/use-full-screen";
import { useIdle } from "../hooks/use-idle";
import { SHORTCUTS } from "../shared/shortcuts";
import { useZoom } from "./use-zoom";
import { MAX_SCALE } from "./zoom";
import "./zoomable.css";

/** The controls fade after this long without a pointer moving, in milliseconds. */
const IDLE_MS = 3_000;

interface ZoomableProps {
  /** Accessible name of what is shown. */
  name: string;
  /** Large enough to look into: it has the controls. */
  large: boolean;
  /** Contains a video that is shown whole. */
  children: ReactNode;
}

/** Shows a shared screen, which can be zoomed, moved, and put on the full screen. */
export function Zoomable({ name, large, children }: ZoomableProps) {
  const text = useText();
  const area = useRef<HTMLDivElement>(null);
  const full = useFullScreen(area);
  const enabled = large || full;
  const { zoom, zoomed, zoomIn, zoomOut, whole, handlers } = useZoom(area, enabled);
  const idle = useIdle(IDLE_MS);
  const percent = `${Math.round(zoom.scale * 100)} %`;
  const { scale, x, y } = zoom;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of controls outside a form; a fieldset is for fields.
    <div
      ref={area}
      className={`zoom ${enabled ? "zoom-enabled" : ""} ${zoomed ? "zoom-zoomed" : ""} ${idle ? "zoom-idle" : ""}`}
      data-zoom={enabled ? scale : undefined}
      role="group"
      aria-label={text.picture.zoomArea(name)}
      // Keys zoom and move the picture. Not while it is small, where there is nothing to do with them.
      tabIndex={enabled ? 0 : undefined}
      {...handlers}
    >
      <div className="zoom-content" style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}>
        {children}
      </div>
      {enabled && (
        <div className="zoom-tools">
          <Control
            compact
            label={text.picture.zoomOut}
            data-tip={`${text.picture.zoomOut}  −`}
            icon={<ZoomOut size={18} />}
            aria-disabled={!zoomed}
            onClick={zoomOut}
          />
          <button
            type="button"
            className="zoom-percent tip"
            aria-label={text.picture.zoomWhole}
            data-tip={`${text.picture.zoomWhole}  0`}
            aria-disabled={!zoomed}
            onClick={whole}
          >
            {percent}
          </button>
          <Control
            compact
            label={text.picture.zoomIn}
            data-tip={`${text.picture.zoomIn}  +`}
            icon={<ZoomIn size={18} />}
            aria-disabled={scale >= MAX_SCALE}
            onClick={zoomIn}
          />
          {canFillScreen() && (
            <Control
              compact
              className="tip-right"
              label={text.picture.fullScreen}
              shortcut={SHORTCUTS.fullScreen.key}
              aria-pressed={full}
              icon={full ? <Minimize size={18} /> : <Maximize size={18} />}
              onClick={() => area.current && toggleFullScreen(area.current)}
            />
          )}
          <span className="hidden-text" role="status">
            {zoomed ? percent : ""}
          </span>
        </div>
      )}
    </div>
  );
}
