/** Why the server refuses something, or ends the connection. */
import { isErrorCode } from "../../protocol/check";
import type { ErrorCode, Other } from "../../protocol/generated";
import type { Explanation } from "../explanation";

/** For an error code of a later version. */
const REFUSED_UNKNOWN: Explanation = {
  title: "The server ended the connection",
  help: "This version does not know the reason it gave; the details have it. Reload or update maru, then join again.",
};

const REFUSED: Record<ErrorCode, Explanation> = {
  "bad-message": {
    title: "The server did not understand this app",
    help: "Reload to get the current version. If it stays, tell whoever runs the server and send the details.",
  },
  "room-full": {
    title: "This room is full",
    help: "Try again when somebody has left, or meet in a room with another ID.",
  },
  "invalid-room": {
    title: "This is no room ID",
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
    title: "Something sent was too large",
    help: "Send it in smaller parts.",
  },
  "rate-limited": {
    title: "That was too much at once",
    help: "Wait a moment, then try again.",
  },
  unauthorized: {
    title: "This server asks for permission",
    help: "Ask whoever invited you for a fresh link, and open that one.",
  },
  "unsupported-version": {
    title: "This version and the server's do not fit together",
    help: "Reload or update maru. If it stays, the server needs an update.",
  },
  "shutting-down": {
    title: "The server is restarting",
    help: "It will be back in a moment; connecting goes on by itself.",
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
    help: "Close maru in other windows, then try again.",
  },
  "slow-reader": {
    title: "Your connection could not keep up",
    help: "Connecting again. If it happens often, move closer to the router or close other downloads.",
  },
  "timed-out": {
    title: "The server did not hear from you",
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
