/** Why the server refuses something, or ends the connection. */
import { isErrorCode } from "../../protocol/check";
import type { ErrorCode, Other } from "../../protocol/generated";
import type { Explanation } from "../explanation";

/** For an error code of a later version. */
const REFUSED_UNKNOWN: Explanation = {
  title: "The server ended the connection",
  help: "This version does not know the reason; the technical details have it. Reload or update Maru, then join again.",
};

const REFUSED: Record<ErrorCode, Explanation> = {
  "bad-message": {
    title: "The server could not process the request",
    help: "Reload to get the current version. If it happens again, copy the technical details and send them to whoever runs the server.",
  },
  "room-full": {
    title: "This room is full",
    help: "Try again when somebody has left, or meet in another room.",
  },
  "invalid-room": {
    title: "This room ID cannot be used",
    help: "Use letters and digits of any script, - and _, at most 64 characters.",
  },
  "invalid-name": {
    title: "This name cannot be used",
    help: "Use at most 64 characters on one line.",
  },
  "unknown-participant": {
    title: "They have already left",
    help: "Nothing to do: the list of people is up to date again.",
  },
  "too-large": {
    title: "What you sent is too large",
    help: "Send it in smaller parts.",
  },
  "rate-limited": {
    title: "That was too much at once",
    help: "Wait a moment, then try again.",
  },
  unauthorized: {
    title: "This server asks for an access token",
    help: "Maru cannot send one yet. Ask whoever runs the server.",
  },
  "unsupported-version": {
    title: "This version does not match the server's",
    help: "Reload or update Maru. If it still fails, the server needs an update.",
  },
  "shutting-down": {
    title: "The server is restarting",
    help: "It will be back in a moment, and Maru reconnects by itself.",
  },
  "already-joined": {
    title: "You are already in a room here",
    help: "Leave it first, then join again.",
  },
  "not-joined": {
    title: "You are not in the room any more",
    help: "Join again.",
  },
  "server-full": {
    title: "The server is full",
    help: "Try again in a few minutes, or use another server.",
  },
  "too-many-connections": {
    title: "Too many connections from your network",
    help: "Close Maru in other windows, then try again.",
  },
  "slow-reader": {
    title: "Your connection could not keep up",
    help: "Reconnecting. If it happens often, move closer to the router or close other downloads.",
  },
  "timed-out": {
    title: "The connection to the server was lost",
    help: "Check your network, then try again.",
  },
  replaced: {
    title: "You joined from another window",
    help: "The call goes on there. Join again to bring it back here.",
  },
};

export function refusedEn(code: ErrorCode | Other): Explanation {
  return isErrorCode(code) ? REFUSED[code] : REFUSED_UNKNOWN;
}
