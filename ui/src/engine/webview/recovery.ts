/**
 * When a link counts as connecting, connected, reconnecting or failed, and when to do something about it.
 * Pure: connection states, questions and the time go in, the status and what to do come out. The same rules, and the
 * same numbers, as `crates/negotiation/src/recovery.rs`: a room mixes both engines, and `vectors/recovery.json` there
 * holds both to it. Why these: decision 0047.
 *
 * What can happen to it:
 * - `transport`: RTCPeerConnection.connectionState changed
 * - `answered`: a description of the other side was applied; `restarted`: that exchange restarts ICE, whoever asked
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
/** Between ICE restarts while a link is reconnecting, for as long as it is, in milliseconds. */
export const RETRY_MS = 3_000;
/** The polite side waits for this longer, so that restarts of both sides do not undo each other. Milliseconds. */
export const POLITE_RETRY_EXTRA_MS = 1_000;
/** Up to this is added, another time each time: links that a cut took together do not come back in one burst. */
export const JITTER_MS = 1_000;
/** Whatever asks for it, ICE restarts of a link that is not connected are not nearer to each other. Milliseconds. */
export const SPACING_MS = 1_000;

export interface Recovery {
  status: LinkStatus;
  detail: string;
  answered: boolean;
  /** When the status began, milliseconds. */
  since: number;
  /** ICE restarts asked for since the status began. */
  restarts: number;
  /** When the last one was, or was seen to begin. */
  restarted: number;
  /** When the next restart or the giving up is due. */
  due: number;
  /** The next jitter, 0 to 1. */
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

/** A link that begins. `seed`, 0 to 1, makes its waits differ from those of others. */
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
      // Its connectivity checks have just begun: another restart would undo them.
      if (event.restarted && state.status === "reconnecting")
        return stay({ ...retryLater(answered, now, polite), restarted: now });
      return stay(answered);
    }
    case "broken":
      // A path that works goes on working, and one that is looked for may be found by the next exchange: only a link
      // that never connected has nothing else to hope for.
      return stay(state.status === "connecting" ? enter(state, "failed", event.detail, now) : state);
    case "restart":
      return asked(state, now, polite);
    case "transport":
      return stay(transport(state, event.state, now, polite));
    case "tick":
      return now < state.due ? stay(state) : overdue(state, now, polite);
  }
}

function asked(state: Recovery, now: number, polite: boolean): Step {
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
  // What the last restart began has come to its end.
  if (status === "reconnecting") return hurry(state, now + wait);
  // Before the first connection the answer may be to wait for more candidates; `tick` restarts.
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

/** The next restart at `at` where it would be later, but not on the heels of the last. */
function hurry(state: Recovery, at: number): Recovery {
  return { ...state, due: Math.min(state.due, Math.max(at, state.restarted + SPACING_MS)) };
}

function retryLater(state: Recovery, now: number, polite: boolean): Recovery {
  // Steps of the golden ratio spread evenly over 0 to 1 from any seed.
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
