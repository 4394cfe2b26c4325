/**
 * When a link counts as connecting, connected, reconnecting or failed, and when to do something about it.
 * Pure: connection states, questions and the time go in, the status and what to do come out.
 *
 * What can happen to it:
 * - `transport`: RTCPeerConnection.connectionState changed
 * - `answered`: the other side's first description was applied
 * - `restart`: asked for a new path (retry button, network change)
 * - `broken`: a description could not be applied
 * - `tick`: time passed
 */
import type { LinkStatus } from "../types";

/** Longest wait for a first connection, in milliseconds. */
export const CONNECT_MS = 30_000;
/** A path that does not come up by then gets one ICE restart, in milliseconds. */
export const CONNECT_RESTART_MS = 12_000;
/** Most connections that report `disconnected` come back by themselves within this, in milliseconds. */
export const GRACE_MS = 2_000;
/** The polite side leaves the first ICE restart to the other for this long, in milliseconds. */
export const POLITE_EXTRA_MS = 2_500;
/** ICE restarts per interruption, the wait before each doubling from {@link GRACE_MS}. */
export const MAX_RESTARTS = 5;

export interface Recovery {
  status: LinkStatus;
  detail: string;
  answered: boolean;
  /** When the status began, milliseconds. */
  since: number;
  restarts: number;
  /** When the next restart or the giving up is due. */
  due: number;
}

export type RecoveryEvent =
  | { type: "transport"; state: RTCPeerConnectionState }
  | { type: "answered" }
  | { type: "restart" }
  | { type: "broken"; detail: string }
  | { type: "tick" };

export function startRecovery(now: number): Recovery {
  return {
    status: "connecting",
    detail: "",
    answered: false,
    since: now,
    restarts: 0,
    due: now + CONNECT_RESTART_MS,
  };
}

export function recover(
  state: Recovery,
  event: RecoveryEvent,
  now: number,
  polite: boolean,
): { state: Recovery; restart: boolean } {
  const stay = (next: Recovery = state) => ({ state: next, restart: false });
  switch (event.type) {
    case "answered":
      return stay({ ...state, answered: true });
    case "broken":
      return stay({ ...state, status: "failed", detail: event.detail, since: now });
    case "restart":
      if (state.status === "connected") return { state, restart: true };
      if (state.status === "connecting")
        return { state: { ...state, due: now + CONNECT_RESTART_MS }, restart: true };
      return { state: interrupted(state, "asked for a new path", now, GRACE_MS * 2, 1), restart: true };
    case "transport":
      return transport(state, event.state, now, polite);
    case "tick":
      return now < state.due ? stay() : overdue(state, now);
  }
}

function transport(state: Recovery, transport: RTCPeerConnectionState, now: number, polite: boolean) {
  const wait = polite ? POLITE_EXTRA_MS : 0;
  switch (transport) {
    case "connected":
      return {
        state: {
          ...state,
          status: "connected" as const,
          detail: "",
          since: now,
          restarts: 0,
          due: Number.POSITIVE_INFINITY,
        },
        restart: false,
      };
    case "disconnected":
      if (state.status !== "connected") return { state, restart: false };
      return { state: interrupted(state, "the path was lost", now, GRACE_MS + wait, 0), restart: false };
    case "failed":
      // Before the first connection the answer may be to wait for more candidates; `tick` restarts.
      if (state.status === "connecting") {
        return {
          state: { ...state, detail: "no path found yet", due: Math.min(state.due, now + 1_000 + wait) },
          restart: false,
        };
      }
      if (state.status === "connected") {
        return { state: interrupted(state, "the path failed", now, wait, 0), restart: false };
      }
      return { state, restart: false };
    default:
      return { state, restart: false };
  }
}

function overdue(state: Recovery, now: number): { state: Recovery; restart: boolean } {
  if (state.status === "connecting") {
    const left = state.since + CONNECT_MS - now;
    if (left <= 0) {
      const detail = state.answered
        ? "no network path to the other side was found"
        : "the other side did not answer";
      return {
        state: { ...state, status: "failed", detail, since: now, due: Number.POSITIVE_INFINITY },
        restart: false,
      };
    }
    return {
      state: { ...state, restarts: 1, due: state.since + CONNECT_MS },
      restart: state.answered && state.restarts === 0,
    };
  }
  if (state.status === "reconnecting") {
    if (state.restarts >= MAX_RESTARTS) {
      const detail = `${state.detail}; ${MAX_RESTARTS} attempts to find a new one did not help`;
      return {
        state: { ...state, status: "failed", detail, since: now, due: Number.POSITIVE_INFINITY },
        restart: false,
      };
    }
    const restarts = state.restarts + 1;
    return { state: { ...state, restarts, due: now + GRACE_MS * 2 ** restarts }, restart: true };
  }
  return { state: { ...state, due: Number.POSITIVE_INFINITY }, restart: false };
}

function interrupted(state: Recovery, detail: string, now: number, wait: number, restarts: number): Recovery {
  return { ...state, status: "reconnecting", detail, since: now, restarts, due: now + wait };
}
