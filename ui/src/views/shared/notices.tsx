import type { Notice } from "../../call/types";
import { Note } from "../../components/note";
import type { Explanation } from "../../i18n/explanation";
import { shownName } from "../../i18n/shown-name";
import { type Text, useText } from "../../i18n/text";
import { useActions, useCall } from "../hooks/maru-context";
import { TechnicalDetails } from "./technical-details";
import "./notices.css";

const MAX_SHOWN = 3;

/**
 * The newest notices, each until it is dismissed. `without`: notices of a type that the screen shows elsewhere. A
 * cancelled screen picker is not shown.
 */
export function Notices({ without }: { without?: Notice["kind"]["type"] }) {
  const text = useText();
  const notices = useCall((state) => state.notices);
  const { dismissNotice } = useActions();
  const shown = notices
    .filter(({ kind }) => kind.type !== without && !(kind.type === "device" && kind.code === "cancelled"))
    .slice(0, MAX_SHOWN);
  if (shown.length === 0) return null;
  return (
    <section className="notices" aria-label={text.notices.label}>
      {shown.map((notice) => {
        const explanation = explanationOf(text, notice.kind);
        return (
          <Note
            key={notice.key}
            tone={toneOf(notice.kind)}
            title={explanation.title}
            help={explanation.help}
            dismissLabel={text.common.dismiss}
            onDismiss={() => dismissNotice(notice.key)}
          >
            <TechnicalDetails detail={notice.detail} />
          </Note>
        );
      })}
    </section>
  );
}

function explanationOf(text: Text, kind: Notice["kind"]): Explanation {
  switch (kind.type) {
    case "device":
      return text.device(kind.source === "screen-audio" ? "screen" : kind.source, kind.code);
    case "device-lost":
      return kind.fallback === null
        ? text.notices.lostOff(kind.source)
        : text.notices.lostFallback(kind.source, kind.fallback);
    case "speaker":
      return kind.problem === "lost" ? text.notices.speakerLost : text.notices.speakerFailed;
    case "refused":
      return text.refused(kind.code);
    case "removed":
      return text.notices.removed;
    case "link-failed":
      return text.notices.linkFailed(shownName(kind.name, text));
    case "chat-too-long":
      return text.notices.chatTooLong;
  }
}

function toneOf(kind: Notice["kind"]): "info" | "warning" | "error" {
  if (kind.type === "refused" || kind.type === "removed") return "error";
  const replaced =
    (kind.type === "device-lost" && kind.fallback !== null) ||
    (kind.type === "speaker" && kind.problem === "lost");
  return replaced ? "info" : "warning";
}
