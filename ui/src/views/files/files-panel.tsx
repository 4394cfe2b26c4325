import { FolderUp } from "lucide-react";
import { useRef } from "react";
import { type CallTransfer, isOfferToUs, isOver } from "../../call/call-transfer";
import { useText } from "../../i18n/text";
import { useTransfers, useTransfersState } from "../hooks/maru-context";
import { Panel } from "../panels/panel";
import { AutoAcceptSettings } from "./auto-accept-settings";
import { FilesNotice } from "./files-notice";
import { OfferCard } from "./offer-card";
import { SendForm } from "./send-form";
import { TransferCard } from "./transfer-card";
import { useFocusAfterRemoval } from "./use-focus-after-removal";
import "./files.css";

/** Finished transfers that are shown; the newest. */
const MAX_FINISHED = 100;

interface FilesPanelProps {
  hidden: boolean;
  /** Key of the participant to send to; null: everyone. */
  recipient: string | null;
  onRecipient: (recipient: string | null) => void;
  /** Keys of transfers whose list of files is open. */
  expanded?: readonly string[];
  onClose: () => void;
}

/** All transfers: those that need an answer, those under way, those that are over; and sending. */
export function FilesPanel({ hidden, recipient, onRecipient, expanded = [], onClose }: FilesPanelProps) {
  const text = useText();
  const transfers = useTransfers();
  const all = useTransfersState((state) => state.transfers);
  const list = useRef<HTMLElement>(null);
  const offers = all.filter(isOfferToUs);
  const running = all.filter((transfer) => !isOfferToUs(transfer) && !isOver(transfer));
  const finished = all.filter(isOver).reverse();
  useFocusAfterRemoval(
    [...offers, ...running, ...finished].map(({ key }) => key).join(),
    list,
    () => list.current?.querySelector<HTMLElement>("article") ?? list.current,
  );
  const card = (transfer: CallTransfer) => (
    <TransferCard key={transfer.key} transfer={transfer} expanded={expanded.includes(transfer.key)} />
  );
  return (
    <Panel title={text.files.title} hidden={hidden} onClose={onClose}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard. */}
      <section ref={list} className="files-list" tabIndex={0} aria-label={text.files.title}>
        <FilesNotice />
        {offers.length > 0 && (
          <section aria-label={text.files.offers}>
            <h3>{text.files.offers}</h3>
            {offers.map((offer) => (
              <OfferCard
                key={offer.key}
                offer={offer}
                autoFocus={offer === offers[0] && recipient === null}
              />
            ))}
          </section>
        )}
        {running.length > 0 && (
          <section aria-label={text.files.running}>
            <h3>{text.files.running}</h3>
            <ul>{running.map(card)}</ul>
          </section>
        )}
        {finished.length > 0 && (
          <section aria-label={text.files.finished}>
            <div className="files-group-head">
              <h3>{text.files.finished}</h3>
              <button type="button" onClick={() => transfers?.forgetFinished()}>
                {text.files.removeFinished}
              </button>
            </div>
            <ul>{finished.slice(0, MAX_FINISHED).map(card)}</ul>
          </section>
        )}
        {all.length === 0 ? (
          <div className="files-empty">
            <FolderUp size={28} aria-hidden="true" />
            <b>{text.files.empty}</b>
            <p>{text.files.emptyHelp}</p>
            <p className="files-drop-hint">{text.files.dropHint}</p>
          </div>
        ) : (
          <AutoAcceptSettings />
        )}
      </section>
      <footer className="files-foot">
        <SendForm recipient={recipient} onRecipient={onRecipient} autoFocus={recipient !== null} />
        {all.length === 0 && <AutoAcceptSettings />}
      </footer>
    </Panel>
  );
}
