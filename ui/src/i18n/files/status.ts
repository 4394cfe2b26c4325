import type { CallTransfer } from "../../call/call-transfer";

/** Of a transfer, what decides how its status is put into words. */
export type TransferStatus = Pick<
  CallTransfer,
  | "direction"
  | "state"
  | "participant"
  | "paused"
  | "code"
  | "codeHere"
  | "files"
  | "filesFailed"
  | "canRetry"
  | "reselect"
> & {
  /** The partner. */
  name: string;
};
