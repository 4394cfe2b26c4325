import { useEffect, useRef, useState } from "react";
import { isOfferToUs } from "../../call/call-transfer";
import { CloseButton } from "../../components/close-button";
import { useText } from "../../i18n/text";
import { useTransfersState } from "../hooks/maru-context";
import { FilesNotice } from "./files-notice";
import { OfferCard } from "./offer-card";
import { useFocusAfterRemoval } from "./use-focus-after-removal";
import "./files.css";

/**
 * The oldest offer without an answer, over the stage, while the files panel, which has all of them, is closed. It does not
 * take the focus by itself: the person may be typing.
 */
export function OfferQueue({ fallback }: { fallback: () => HTMLElement | null | undefined }) {
  const text = useText();
  const transfers = useTransfersState((state) => state.transfers);
  const [postponed, setPostponed] = useState<ReadonlySet<string>>(() => new Set());
  const offers = transfers.filter(isOfferToUs);
  const waiting = offers.filter(({ key }) => !postponed.has(key));
  const offer = waiting[0];
  const section = useRef<HTMLElement>(null);
  useFocusAfterRemoval(
    offer?.key ?? "",
    section,
    () => section.current?.querySelector<HTMLElement>("article") ?? fallback(),
  );
  const count = useQueueCount(waiting.length);
  const failed = useTransfersState((state) => state.failure !== null);
  if (!offer && !failed) return null;
  const postpone = () => {
    if (!offer) return;
    setPostponed(new Set([...postponed, offer.key]));
  };
  return (
    <section ref={section} className="offer-queue" aria-label={text.files.offers}>
      <FilesNotice />
      {offer && (
        <div className="offer-box">
          <div className="offer-queue-head">
            <span>{count > 1 && text.files.offer.position(count - waiting.length + 1, count)}</span>
            <CloseButton label={text.files.offer.later} size={16} onClick={postpone} />
          </div>
          <OfferCard key={offer.key} offer={offer} />
        </div>
      )}
    </section>
  );
}

/** How many there were since the queue was empty: "2 of 3" stays "of 3" when the first one is answered. */
function useQueueCount(waiting: number): number {
  const [count, setCount] = useState(waiting);
  useEffect(() => {
    setCount((old) => (waiting === 0 ? 0 : Math.max(old, waiting)));
  }, [waiting]);
  return Math.max(count, waiting);
}
