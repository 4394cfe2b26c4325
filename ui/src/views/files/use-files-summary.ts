import { isOfferToUs, totalProgress } from "../../call/call-transfer";
import { progressPercent } from "../../i18n/format-transfer";
import { useLanguage, useText } from "../../i18n/text";
import { useTransfersState } from "../hooks/maru-context";

/** What the control bar shows of the transfers. */
export function useFilesSummary() {
  const text = useText();
  const language = useLanguage();
  const transfers = useTransfersState((state) => state.transfers);
  const offers = transfers.filter(isOfferToUs).length;
  const share = totalProgress(transfers);
  // Whole percents: the dock is rendered again only when what it shows has changed.
  const progress = share === null ? null : Math.floor(share * 100) / 100;
  const label = text.files.dock(offers, progress === null ? null : progressPercent(language, progress));
  return { offers, progress, label };
}
