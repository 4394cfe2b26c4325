/** What an error of the server means for the session: the twin of `verdict.rs` in the desktop's session. */
import { isErrorCode } from "../../protocol/check";
import { CLOSE_CODES, ERROR_CODES, type ErrorCode, type Other } from "../../protocol/generated";

/**
 * - `refuse`: trying again changes nothing, so the person is told.
 * - `retry`: on another socket, a little later.
 * - `tell`: one message was refused; the session goes on.
 */
export type Verdict = "refuse" | "retry" | "tell";

/**
 * Of private-use close codes (RFC 6455 §7.4.2) that no error of this version has, those from 4000 up to here end a
 * session for good, and those from here on for now (docs/protocol.md, "Versions").
 */
const FIRST_TEMPORARY_CLOSE = 4500;

/** `joined` is false while the answer to `join` is due: what refuses one message later refuses the join itself then. */
export function verdictOf(code: ErrorCode | Other, joined: boolean): Verdict {
  // Of a later version. Whether the session ends with it, the socket says.
  if (!isErrorCode(code)) return joined ? "tell" : "refuse";
  switch (code) {
    case "room-full":
    case "invalid-room":
    case "invalid-name":
    case "unauthorized":
    case "unsupported-version":
    // Another window has taken this participant over; taking it back would start a tug-of-war.
    case "replaced":
      return "refuse";
    case "bad-message":
    case "too-large":
      return joined ? "tell" : "refuse";
    case "rate-limited":
    case "unknown-participant":
      return joined ? "tell" : "retry";
    // These pass with time.
    case "shutting-down":
    case "server-full":
    case "too-many-connections":
    case "slow-reader":
    case "timed-out":
    // The two sides disagree, which a new socket settles.
    case "not-joined":
    case "already-joined":
      return "retry";
  }
}

/** The error that a close code stands for, where trying again is no use; null where it is. */
export function finalClose(code: number, joined: boolean): ErrorCode | Other | null {
  const known = ERROR_CODES.find((error) => CLOSE_CODES[error] === code);
  // Once joined, only a code that can end a session says so.
  if (known) return verdictOf(known, joined) === "refuse" ? known : null;
  return code >= 4000 && code < FIRST_TEMPORARY_CLOSE ? String(code) : null;
}
