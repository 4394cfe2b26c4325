import { MODULE_URL } from "./module-url";

/** Whether this browser, with what was built, can transfer files. */
export function canTransferFiles(): boolean {
  return (
    MODULE_URL !== null &&
    typeof RTCPeerConnection === "function" &&
    typeof Worker === "function" &&
    typeof WebAssembly === "object"
  );
}
