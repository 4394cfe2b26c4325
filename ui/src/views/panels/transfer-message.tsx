import { FolderOpen } from "lucide-react";
import { memo } from "react";
import { isOver } from "../../call/call-transfer";
import { isAccepted, type LinePart, type TransferLine } from "../../call/transfer-lines";
import { Button } from "../../components/button";
import { FileName } from "../../components/file-name";
import { timeOfDay } from "../../i18n/format";
import { byteSize } from "../../i18n/format-transfer";
import { shownName } from "../../i18n/shown-name";
import { type Text, useLanguage, useText } from "../../i18n/text";
import { useTransfers } from "../hooks/maru-context";
import { TransferPicture } from "../shared/transfer-picture";
import { titleOf, titleText } from "../shared/transfer-title";
import { TransferRecipients } from "./transfer-recipients";

/**
 * A transfer among the messages, or one for each of several people: between whom, what, and how it stands. It changes in place, and is not announced, as
 * offers and outcomes are announced wherever the person is (`useTransferAnnouncements`).
 */
export const TransferMessage = memo(function TransferMessage({ line }: { line: TransferLine }) {
  const text = useText();
  const language = useLanguage();
  const transfers = useTransfers();
  const { parts, at, from } = line;
  const [first] = parts;
  const { transfer } = first;
  const { direction, files, folders, bytes } = transfer;
  const name = shownName(transfer.name, text);
  const title = titleOf(text, transfer);
  // Of several, it looks over only when all are.
  const { transfer: pictured } = parts.find((part) => !isOver(part.transfer)) ?? first;
  const opened = parts.find((part) => part.listed && part.transfer.canOpen && isOver(part.transfer));
  const reveal = transfers && opened && transfers.reveals;
  return (
    <article
      className={`message ${from === "self" ? "message-own" : ""}`}
      aria-live="off"
      data-testid="chat-transfer"
      data-transfer={transfer.id}
    >
      <header>
        <b>
          {parts.length > 1 ? text.files.chat.toSeveral(parts.length) : text.files.fromTo(direction, name)}
        </b>
        <time dateTime={new Date(at).toISOString()}>{timeOfDay(language, at)}</time>
      </header>
      <div className="message-transfer">
        <TransferPicture transfer={pictured} folder={title.folder} />
        <div className="message-transfer-what">
          <span className="transfer-title">
            <FileName name={title.name} />
            {title.more && <span> {title.more}</span>}
          </span>
          <small>
            {text.files.count(files, folders)} · {byteSize(language, bytes)}
          </small>
          {parts.length > 1 ? (
            <TransferRecipients parts={parts} />
          ) : (
            <small className="message-transfer-state">{stateOf(text, first, name)}</small>
          )}
        </div>
        {reveal && (
          <Button
            small
            icon={<FolderOpen size={15} aria-hidden="true" />}
            aria-label={text.files.actions.named(text.files.actions.reveal[reveal], titleText(title))}
            onClick={() => transfers.reveal(opened.transfer)}
          >
            {text.files.actions.reveal[reveal]}
          </Button>
        )}
      </div>
    </article>
  );
});

function stateOf(text: Text, { transfer }: LinePart, name: string): string {
  const { direction, paused } = transfer;
  if (isOver(transfer) || paused.problem !== null || transfer.reselect)
    return text.files.status({ ...transfer, name }).title;
  return isAccepted(transfer)
    ? text.files.chat.accepted(direction, name)
    : text.files.chat.offered(direction);
}
