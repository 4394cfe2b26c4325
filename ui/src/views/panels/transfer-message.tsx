import { FolderOpen } from "lucide-react";
import { memo } from "react";
import { isOver } from "../../call/call-transfer";
import { isAccepted, type TransferLine } from "../../call/transfer-lines";
import { Button } from "../../components/button";
import { FileName } from "../../components/file-name";
import { timeOfDay } from "../../i18n/format";
import { byteSize } from "../../i18n/format-transfer";
import { type Text, useLanguage, useText } from "../../i18n/text";
import { useTransfers } from "../hooks/maru-context";
import { TransferPicture } from "../shared/transfer-picture";
import { titleOf, titleText } from "../shared/transfer-title";

/**
 * A transfer among the messages: between whom, what, and how it stands. It changes in place, and is not announced, as
 * offers and outcomes are announced wherever the person is (`useTransferAnnouncements`).
 */
export const TransferMessage = memo(function TransferMessage({ line }: { line: TransferLine }) {
  const text = useText();
  const language = useLanguage();
  const transfers = useTransfers();
  const { transfer, at, from, listed } = line;
  const { direction, files, folders, bytes } = transfer;
  const name = transfer.name || text.common.guest;
  const title = titleOf(text, transfer);
  const reveal = transfers && listed && transfer.canOpen && isOver(transfer) && transfers.reveals;
  return (
    <article
      className={`message ${from === "self" ? "message-own" : ""}`}
      aria-live="off"
      data-testid="chat-transfer"
      data-transfer={transfer.id}
    >
      <header>
        <b>{text.files.fromTo(direction, name)}</b>
        <time dateTime={new Date(at).toISOString()}>{timeOfDay(language, at)}</time>
      </header>
      <div className="message-transfer">
        <TransferPicture transfer={transfer} folder={title.folder} />
        <div className="message-transfer-what">
          <span className="transfer-title">
            <FileName name={title.name} />
            {title.more && <span> {title.more}</span>}
          </span>
          <small>
            {text.files.count(files, folders)} · {byteSize(language, bytes)}
          </small>
          <small className="message-transfer-state">{stateOf(text, line, name)}</small>
        </div>
        {reveal && (
          <Button
            small
            icon={<FolderOpen size={15} aria-hidden="true" />}
            aria-label={text.files.actions.named(text.files.actions.reveal[reveal], titleText(title))}
            onClick={() => transfers.reveal(transfer)}
          >
            {text.files.actions.reveal[reveal]}
          </Button>
        )}
      </div>
    </article>
  );
});

function stateOf(text: Text, { transfer }: TransferLine, name: string): string {
  const { direction, paused } = transfer;
  if (isOver(transfer) || paused.problem !== null || transfer.reselect)
    return text.files.status({ ...transfer, name }).title;
  return isAccepted(transfer)
    ? text.files.chat.accepted(direction, name)
    : text.files.chat.offered(direction);
}
