import { Check, FileDown, FileUp, FolderDown, FolderUp, TriangleAlert, X } from "lucide-react";
import type { CallTransfer } from "../../call/call-transfer";
import "./transfer.css";

type Tone = "accent" | "good" | "bad" | "neutral";

function toneOf({ state, filesFailed, paused }: CallTransfer): Tone {
  if (state === "done") return filesFailed > 0 ? "bad" : "good";
  if (state === "failed" || paused.problem !== null) return "bad";
  return state === "declined" || state === "cancelled" ? "neutral" : "accent";
}

export function TransferIcon({ transfer, folder }: { transfer: CallTransfer; folder: boolean }) {
  const tone = toneOf(transfer);
  const receiving = transfer.direction === "receive";
  const Kind = folder ? (receiving ? FolderDown : FolderUp) : receiving ? FileDown : FileUp;
  const Icon = { good: Check, bad: TriangleAlert, neutral: X, accent: Kind }[tone];
  return (
    <span className={`transfer-icon transfer-icon-${tone}`} aria-hidden="true">
      <Icon size={20} />
    </span>
  );
}
