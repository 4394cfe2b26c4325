import { isOver } from "../../call/call-transfer";
import { answersOf, isAccepted, type LinePart } from "../../call/transfer-lines";
import { shownName } from "../../i18n/shown-name";
import { type Text, useText } from "../../i18n/text";

/** What became of what was offered to several: how many of them have accepted it, and on request how it stands with each. */
export function TransferRecipients({ parts }: { parts: readonly LinePart[] }) {
  const text = useText();
  return (
    <details
      className="message-recipients"
      // The log may end here, and does not scroll by itself.
      onToggle={({ currentTarget }) => currentTarget.scrollIntoView({ block: "nearest" })}
    >
      <summary className="message-transfer-state">{text.files.chat.answers(answersOf(parts))}</summary>
      <ul>
        {parts.map((part) => {
          const name = shownName(part.transfer.name, text);
          return (
            <li key={part.transfer.key}>{text.files.chat.recipient(name, stateOf(text, part, name))}</li>
          );
        })}
      </ul>
    </details>
  );
}

/** Beside their name. */
function stateOf(text: Text, { transfer }: LinePart, name: string): string {
  const { state, code, filesFailed, paused } = transfer;
  const { chat, status } = text.files;
  if (state === "done" && filesFailed === 0) return chat.states.delivered;
  if (state === "declined" && code === "declined") return chat.states.declined;
  if (isOver(transfer) || paused.problem !== null || transfer.reselect)
    return status({ ...transfer, name }).title;
  return isAccepted(transfer) ? chat.states.accepted : chat.offered("send");
}
