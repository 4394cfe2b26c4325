import type { CallTransfer } from "../../call/call-transfer";
import { ProgressBar } from "../../components/progress-bar";
import { byteProgress, byteRate, progressPercent, timeSpan } from "../../i18n/format-transfer";
import { useLanguage, useText } from "../../i18n/text";
import { useSteady } from "../hooks/use-steady";

/** How far a transfer is, how fast it is and how long it will take. */
export function TransferProgress({ transfer, title }: { transfer: CallTransfer; title: string }) {
  const text = useText();
  const language = useLanguage();
  const { transferred, bytes, state } = transfer;
  const rate = useSteady(transfer.rate);
  const secondsLeft = useSteady(transfer.secondsLeft);
  // Empty files and folders have no bytes.
  const share = bytes === 0 ? 0 : transferred / bytes;
  const { done, total } = byteProgress(language, transferred, bytes);
  const percent = progressPercent(language, share);
  const amount = text.files.progress(done, total);
  const running = state === "active";
  return (
    <div className="transfer-progress">
      <ProgressBar label={title} share={share} valueText={`${percent}, ${amount}`} paused={!running} />
      <div className="transfer-figures">
        <span>{amount}</span>
        <span>{percent}</span>
        {running && rate !== null && <span>{byteRate(language, rate)}</span>}
        {running && secondsLeft !== null && <span>{text.files.left(timeSpan(language, secondsLeft))}</span>}
      </div>
    </div>
  );
}
