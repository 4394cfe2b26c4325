import { FileUp, FileX } from "lucide-react";
import { shownName } from "../../i18n/shown-name";
import { type Text, useText } from "../../i18n/text";
import type { DropTarget } from "./drop-target";
import "./drop-overlay.css";

/** Says who gets what is dropped here. Only for pointers; the files panel has buttons for the same. */
export function DropOverlay({ target }: { target: DropTarget | null }) {
  const text = useText();
  if (!target) return null;
  const refused = target.kind === "refused" || target.kind === "nobody";
  const Icon = refused ? FileX : FileUp;
  const rect = "rect" in target ? target.rect : null;
  return (
    <div className="drop" aria-hidden="true" data-testid="drop" data-kind={target.kind}>
      <div
        className={`drop-area ${rect ? "" : "drop-all"} ${refused ? "drop-refused" : ""}`}
        style={rect ? { left: rect.x, top: rect.y, width: rect.width, height: rect.height } : {}}
      >
        <span className="drop-label">
          <Icon size={18} />
          {labelOf(text, target)}
        </span>
        {target.kind === "everyone" && target.participants.length > 1 && (
          <span className="drop-hint">{text.files.drop.hint}</span>
        )}
      </div>
    </div>
  );
}

function labelOf(text: Text, target: DropTarget): string {
  switch (target.kind) {
    case "one":
      return text.files.drop.one(shownName(target.participant.name, text));
    case "everyone":
      return text.files.drop.everyone(target.participants.length);
    case "refused":
      return text.files.drop.refused(shownName(target.participant.name, text));
    case "nobody":
      return text.files.drop.nobody;
  }
}
