import { canTransferChannels, type FilesChannels } from "../../../engine/webview/files-link";
import { relayChannel } from "./relayed-channel";
import { LOW_BUFFERED } from "./worker/buffering";

let transferable: boolean | null = null;

/** What to post to the worker for these channels, in the task in which they were made. */
export function sendableChannels({ control, bulk }: FilesChannels): {
  control: RTCDataChannel | MessagePort;
  bulk: RTCDataChannel | MessagePort;
  transfer: Transferable[];
} {
  transferable ??= canTransferChannels();
  if (transferable) return { control, bulk, transfer: [control, bulk] as unknown as Transferable[] };
  const ports = { control: relayChannel(control, LOW_BUFFERED), bulk: relayChannel(bulk, LOW_BUFFERED) };
  return { ...ports, transfer: [ports.control, ports.bulk] };
}
