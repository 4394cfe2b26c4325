import type { FilesChannels } from "../../../engine/webview/files-link";
import { relayChannel } from "./relayed-channel";
import { LOW_BUFFERED } from "./worker/buffering";

let transferable: boolean | null = null;

/** What to post to the worker for these channels, in the task in which they were made. */
export function sendableChannels({ control, bulk }: FilesChannels): {
  control: RTCDataChannel | MessagePort;
  bulk: RTCDataChannel | MessagePort;
  transfer: Transferable[];
} {
  transferable ??= canTransfer();
  if (transferable) return { control, bulk, transfer: [control, bulk] as unknown as Transferable[] };
  const ports = { control: relayChannel(control, LOW_BUFFERED), bulk: relayChannel(bulk, LOW_BUFFERED) };
  return { ...ports, transfer: [ports.control, ports.bulk] };
}

/** Tried with a channel that nobody needs: one that could not be transferred may be of no use any more. */
function canTransfer(): boolean {
  const pc = new RTCPeerConnection();
  const { port1, port2 } = new MessageChannel();
  try {
    const channel = pc.createDataChannel("probe");
    port1.postMessage(channel, [channel as unknown as Transferable]);
    return true;
  } catch {
    return false;
  } finally {
    port1.close();
    port2.close();
    pc.close();
  }
}
