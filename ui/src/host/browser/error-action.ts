/** What an error of the server means for the session. The session of the desktop (in Rust) has the same table. */
import { isErrorCode } from "../../protocol/check";
import { CLOSE_CODES, ERROR_CODES, type ErrorCode, type Other } from "../../protocol/generated";

/**
 * - `stop`: a retry would change nothing. Stop and report it.
 * - `reconnect`: close the connection and retry after a delay.
 * - `report`: one message was refused. Report it and go on.
 */
export type ErrorAction = "stop" | "reconnect" | "report";

/**
 * Of the private-use close codes (RFC 6455 §7.4.2) of later versions, those from 4000 up to here are fatal, and those
 * from here on transient (docs/protocol.md, "Versions").
 */
const FIRST_TRANSIENT_CLOSE = 4500;

/** While the answer to `join` is due (`isJoined` false), an error that would refuse one message refuses the join. */
export function errorAction(code: ErrorCode | Other, isJoined: boolean): ErrorAction {
  // Of a later version. If it ends the session, the close code says so.
  if (!isErrorCode(code)) return isJoined ? "report" : "stop";
  switch (code) {
    case "room-full":
    case "invalid-room":
    case "invalid-name":
    case "unauthorized":
    case "unsupported-version":
    // Another window has resumed this participant; resuming it here again would go on for ever.
    case "replaced":
      return "stop";
    case "bad-message":
    case "too-large":
      return isJoined ? "report" : "stop";
    case "rate-limited":
    case "unknown-participant":
      return isJoined ? "report" : "reconnect";
    // These pass with time.
    case "shutting-down":
    case "server-full":
    case "too-many-connections":
    case "slow-reader":
    case "timed-out":
    // Client and server disagree about the state; a new connection settles that.
    case "not-joined":
    case "already-joined":
      return "reconnect";
  }
}

/** The error that a close code stands for, if a retry would change nothing; otherwise null. */
export function fatalError(closeCode: number, isJoined: boolean): ErrorCode | Other | null {
  const known = ERROR_CODES.find((error) => CLOSE_CODES[error] === closeCode);
  // Once joined, an error about one message does not close the connection.
  if (known) return errorAction(known, isJoined) === "stop" ? known : null;
  return closeCode >= 4000 && closeCode < FIRST_TRANSIENT_CLOSE ? String(closeCode) : null;
}
