import type { CallTransfer } from "../../call/call-transfer";
import { TransferIcon } from "./transfer-icon";
import { useThumbnail } from "./use-thumbnail";

/** What is transferred: a small picture if it is one, otherwise an icon. Its name is beside it. */
export function TransferPicture({ transfer, folder }: { transfer: CallTransfer; folder: boolean }) {
  const url = useThumbnail(transfer);
  if (url === null) return <TransferIcon transfer={transfer} folder={folder} />;
  return <img className="transfer-picture" src={url} alt="" data-testid="thumbnail" />;
}
