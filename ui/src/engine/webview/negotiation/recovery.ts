/**
 * The state machine behind a link's status, and the schedule of ICE restarts. Pure: events and the time are inputs, the
 * new state and whether to restart ICE are outputs. The rules and constants are those of
 * `crates/negotiation/src/recovery.rs`, because a room mixes both engines; `vectors/recovery.json` there tests both.
 * Reasons: decision 0047.
 *
 * Events:
 * - `transport`: RTCPeerConnection.connectionState changed
 * - `answered`: a remote description was applied; `restarted`: that exchange restarts ICE, whichever side asked for it
 * - `restart`: a restart was requested (retry button, network change)
 * - `broken`: a description could not be applied
 * - `tick`: time passed
 */
import type { LinkStatus } from "../../types";

/** A link that has not connected after this has failed, in milliseconds. */
export const CONNECT_MS = 30_000;
/** A link that has not connected after this gets one ICE restart, in milliseconds. */
const CONNECT_RESTART_MS = 12_000;
/** Most `disconnected` connections recover without a restart within this, in milliseconds. */
const GRACE_MS = 2_000;
/** The polite side waits this much longer before its first ICE restart, in milliseconds. */
const POLITE_EXTRA_MS = 2_500;
/** Interval of ICE restarts while reconnecting, in milliseconds. */
export const RETRY_MS = 3_000;
/** Added to the interval on the polite side, so that the restarts of both sides do not collide. Milliseconds. */
export const POLITE_RETRY_EXTRA_MS = 1_000;
/** Maximum jitter added to the interval, so that links lost together do not restart in one burst. Milliseconds. */
const JITTER_MS = 1_000;
/** Minimum time between ICE restarts of a link that is not connected, in milliseconds. */
const SPACING_MS = 1_000;

export interface Recovery {
  status: LinkStatus;
  detail: string;
  answered: boolean;
  /** When the status began, milliseconds. */
  since: number;
  /** ICE restarts requested since the status began. */
  restarts: number;
  /** When the last restart of either side began, milliseconds. */
  restarted: number;
  /** When the next restart, or the transition to `failed`, is due. Milliseconds. */
  due: number;
  /** The next jitter, as a fraction of `JITTER_MS`. */
  jitter: number;
}

export type RecoveryEvent =
  | { type: "transport"; state: RTCPeerConnectionState }
  | { type: "answered"; restarted: boolean }
  | { type: "restart" }
  | { type: "broken"; detail: string }
  | { type: "tick" };

interface Step {
  state: Recovery;
  /** An ICE restart is due. */
  restart: boolean;
}

/** The initial state. `seed`, 0 to 1, varies the jitter between links. */
export function startRecovery(now: number, seed: number): Recovery {
  return {
    status: "connecting",
    detail: "",
    answered: false,
    since: now,
    restarts: 0,
    restarted: Number.NEGATIVE_INFINITY,
    due: now + CONNECT_RESTART_MS,
    jitter: seed,
  };
}

export function recover(state: Recovery, event: RecoveryEvent, now: number, polite: boolean): Step {
  switch (event.type) {
    case "answered": {
      const answered = { ...state, answered: true };
      // The connectivity checks of this restart have just begun; another restart would discard them.
      if (event.restarted && state.status === "reconnecting")
        return stay({ ...retryLater(answered, now, polite), restarted: now });
      return stay(answered);
    }
    case "broken":
      // A working path is unaffected, and a reconnecting link may recover with the next exchange. Only a link that never
      // connected fails.
      return stay(state.status === "connecting" ? enter(state, "failed", event.detail, now) : state);
    case "restart":
      return requested(state, now, polite);
    case "transport":
      return stay(transport(state, event.state, now, polite));
    case "tick":
      return now < state.due ? stay(state) : overdue(state, now, polite);
  }
}

function requested(state: Recovery, now: number, polite: boolean): Step {
  switch (state.status) {
    case "connected":
      return { state, restart: true };
    case "connecting":
      return { state: { ...state, due: now + CONNECT_RESTART_MS }, restart: true };
    case "reconnecting": {
      const hurried = hurry(state, now);
      return now < hurried.due ? stay(hurried) : overdue(hurried, now, polite);
    }
    default:
      return overdue(enter(state, "reconnecting", "asked for a new path", now, now), now, polite);
  }
}

function transport(
  state: Recovery,
  transport: RTCPeerConnectionState,
  now: number,
  polite: boolean,
): Recovery {
  const wait = polite ? POLITE_EXTRA_MS : 0;
  const { status } = state;
  if (transport === "connected") return enter(state, "connected", "", now);
  if (transport === "disconnected" && status === "connected")
    return enter(state, "reconnecting", "the path was lost", now, now + GRACE_MS + wait);
  if (transport !== "failed") return state;
  if (status === "connected") return enter(state, "reconnecting", "the path failed", now, now + wait);
  // The checks of the last restart have failed.
  if (status === "reconnecting") return hurry(state, now + wait);
  // Before the first connection more candidates may still arrive; `tick` restarts.
  if (status === "connecting")
    return { ...state, detail: "no path found yet", due: Math.min(state.due, now + 1_000 + wait) };
  return state;
}

function overdue(state: Recovery, now: number, polite: boolean): Step {
  if (state.status === "connecting") {
    if (now >= state.since + CONNECT_MS) {
      const detail = state.answered
        ? "no network path to the other side was found"
        : "the other side did not answer";
      return stay(enter(state, "failed", detail, now));
    }
    return {
      state: { ...state, restarts: 1, due: state.since + CONNECT_MS },
      restart: state.answered && state.restarts === 0,
    };
  }
  if (state.status === "reconnecting") {
    const restarts = state.restarts + 1;
    return { state: { ...retryLater(state, now, polite), restarts, restarted: now }, restart: true };
  }
  return stay({ ...state, due: Number.POSITIVE_INFINITY });
}

/** Moves the next restart forward to `at`, but not closer than `SPACING_MS` to the last. */
function hurry(state: Recovery, at: number): Recovery {
  return { ...state, due: Math.min(state.due, Math.max(at, state.restarted + SPACING_MS)) };
}

function retryLater(state: Recovery, now: number, polite: boolean): Recovery {
  // Steps of the golden ratio spread evenly over 0 to 1 for any seed.
  const jitter = (state.jitter + 0.618) % 1;
  const wait = RETRY_MS + (polite ? POLITE_RETRY_EXTRA_MS : 0) + JITTER_MS * jitter;
  return { ...state, due: now + wait, jitter };
}

function enter(
  state: Recovery,
  status: LinkStatus,
  detail: string,
  now: number,
  due = Number.POSITIVE_INFINITY,
): Recovery {
  return { ...state, status, detail, since: now, restarts: 0, restarted: Number.NEGATIVE_INFINITY, due };
}

function stay(state: Recovery): Step {
  return { state, restart: false };
}
