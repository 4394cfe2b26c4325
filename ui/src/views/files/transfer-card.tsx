import { ChevronDown, CloudCog, FileUp, FolderOpen, Pause, Play, RotateCw, X } from "lucide-react";
import { memo, useId, useState } from "react";
import { type CallTransfer, isOver, isUnderWay, waitsForAddresses } from "../../call/call-transfer";
import { visibleName } from "../../call/risky-names";
import { Button } from "../../components/button";
import { Control } from "../../components/control";
import { byteProgress } from "../../i18n/format-transfer";
import { shownName } from "../../i18n/shown-name";
import { useLanguage, useText } from "../../i18n/text";
import { useCall, useTransfers } from "../hooks/maru-context";
import { titleOf, titleText } from "../shared/transfer-title";
import { EntryList } from "./entry-list";
import { FileHash } from "./file-hash";
import { TransferHeading } from "./transfer-heading";
import { TransferProgress } from "./transfer-progress";

/** From here on, cancelling is confirmed. Bytes. */
const MIN_CONFIRMED = 100_000_000;

interface TransferCardProps {
  transfer: CallTransfer;
  /** With its list of files open. */
  expanded?: boolean;
}

/** A transfer in the panel. Memoised: another one's progress does not render it again. */
export const TransferCard = memo(function TransferCard({ transfer, expanded = false }: TransferCardProps) {
  const text = useText();
  const transfers = useTransfers();
  const heading = useId();
  const [open, setOpen] = useState(expanded);
  const [cancelling, setCancelling] = useState(false);
  const hidden = useCall(({ participants }) => waitsForAddresses(transfer, participants));
  if (!transfers) return null;
  const title = titleText(titleOf(text, transfer));
  const name = shownName(transfer.name, text);
  const { title: status, help } = text.files.status({ ...transfer, name });
  const { state, paused, files, folders, filesFailed } = transfer;
  const over = isOver(transfer);
  const underWay = isUnderWay(transfer);
  // Resuming tries a disk here again at once. The partner's disk is nothing to resume here.
  const resumable = paused.here || paused.problemHere;
  const toggle = resumable ? text.files.actions.resume : text.files.actions.pause;
  const remove = over ? text.files.actions.remove : text.files.actions.cancel;
  const cancel = () => {
    if (transfer.transferred >= MIN_CONFIRMED && !cancelling) setCancelling(true);
    else transfers.cancel(transfer);
  };
  return (
    <li
      className="transfer"
      aria-labelledby={heading}
      data-testid="transfer"
      data-transfer={transfer.id}
      data-direction={transfer.direction}
      data-state={state}
    >
      <TransferHeading transfer={transfer} id={heading}>
        {underWay && !transfer.reselect && (
          // One button, so that it keeps the keyboard focus when it changes.
          <Control
            compact
            tipBelow
            className="tip-right"
            label={text.files.actions.named(toggle, title)}
            data-tip={toggle}
            icon={resumable ? <Play size={17} /> : <Pause size={17} />}
            onClick={() => (resumable ? transfers.resume(transfer) : transfers.pause(transfer))}
          />
        )}
        <Control
          compact
          tipBelow
          className="tip-right"
          label={text.files.actions.named(remove, title)}
          data-tip={remove}
          icon={<X size={17} />}
          onClick={over ? () => transfers.forget(transfer) : cancel}
        />
      </TransferHeading>
      {cancelling && !over && <CancelQuestion transfer={transfer} onKeep={() => setCancelling(false)} />}
      {underWay && <TransferProgress transfer={transfer} title={title} />}
      {state !== "active" && (
        <div className={`transfer-status transfer-status-${state}`}>
          <strong>{status}</strong>
          {hidden ? <p>{text.call.hiddenAddresses.help(name)}</p> : help && <p>{help}</p>}
        </div>
      )}
      {transfer.reselect && (
        <div className="transfer-actions">
          <Button
            small
            look="primary"
            icon={<FileUp size={15} aria-hidden="true" />}
            aria-label={text.files.actions.named(text.files.actions.reselect[transfer.reselect], title)}
            onClick={() => void transfers.reselect(transfer)}
          >
            {text.files.actions.reselect[transfer.reselect]}
          </Button>
        </div>
      )}
      {underWay && transfer.relayed === true && (
        <p className="transfer-note transfer-relayed">
          <CloudCog size={14} aria-hidden="true" />
          {text.files.path.relayed}
        </p>
      )}
      {transfer.skipped > 0 && (!over || transfer.skippedNames?.length) && (
        <SkippedNote transfer={transfer} />
      )}
      {transfer.filesPresent > 0 && (
        <p className="transfer-note">{text.files.present(transfer.filesPresent)}</p>
      )}
      {(transfer.canRetry || (over && transfer.canOpen)) && (
        <div className="transfer-actions">
          {transfer.canRetry && (
            <Button
              small
              icon={<RotateCw size={15} aria-hidden="true" />}
              onClick={() => transfers.retry(transfer)}
            >
              {text.files.actions.retry(filesFailed)}
            </Button>
          )}
          {over && transfer.canOpen && (
            <Button
              small
              icon={<FolderOpen size={15} aria-hidden="true" />}
              aria-label={text.files.actions.named(text.files.actions.reveal[transfers.reveals], title)}
              onClick={() => void transfers.reveal(transfer)}
            >
              {text.files.actions.reveal[transfers.reveals]}
            </Button>
          )}
        </div>
      )}
      {transfer.hash !== null && <FileHash hash={transfer.hash} direction={transfer.direction} />}
      {state !== "preparing" && (files + folders > 1 || filesFailed > 0) && (
        <>
          <button
            type="button"
            className="transfer-expand"
            aria-expanded={open}
            aria-label={text.files.actions.named(text.files.entries.show, title)}
            onClick={() => setOpen(!open)}
          >
            <ChevronDown size={15} className="transfer-chevron" aria-hidden="true" />
            {text.files.entries.show}
          </button>
          {open && <EntryList transfer={transfer} />}
        </>
      )}
    </li>
  );
});

/** What was left out of the selection, by name as far as that is known. */
function SkippedNote({ transfer: { skipped, skippedNames = [] } }: { transfer: CallTransfer }) {
  const text = useText();
  const others = skipped - skippedNames.length;
  if (skippedNames.length === 0) return <p className="transfer-note">{text.files.skipped(skipped)}</p>;
  return (
    <details className="transfer-note transfer-skipped">
      <summary>{text.files.leftOut(skipped)}</summary>
      <ul>
        {skippedNames.map(({ name, reason }) => (
          <li key={name}>
            {visibleName(name)} · {text.files.skipReasons[reason]}
          </li>
        ))}
        {others > 0 && <li>{text.files.more(others)}</li>}
      </ul>
    </details>
  );
}

/** So that a click beside another button does not end a transfer of hours. */
function CancelQuestion({ transfer, onKeep }: { transfer: CallTransfer; onKeep: () => void }) {
  const text = useText();
  const language = useLanguage();
  const transfers = useTransfers();
  const { done, total } = byteProgress(language, transfer.transferred, transfer.bytes);
  return (
    <div className="transfer-question" role="alert">
      <p>{text.files.cancelling.question(text.files.progress(done, total))}</p>
      <div className="transfer-actions">
        <Button small look="danger" autoFocus onClick={() => transfers?.cancel(transfer)}>
          {text.files.cancelling.confirm}
        </Button>
        <Button small onClick={onKeep}>
          {text.files.cancelling.keep}
        </Button>
      </div>
    </div>
  );
}
