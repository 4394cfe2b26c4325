import type { CallState } from "../src/call/types";
import { IDLE, remoteParticipant } from "../src/gallery/fakes";

/** A call with Ann and Ben. */
export const JOINED: CallState = {
  ...IDLE,
  phase: "joined",
  room: "daily",
  joinedAt: 0,
  signaling: { kind: "online" },
  self: { ...IDLE.self, id: "me" },
  participants: [remoteParticipant("a", "Ann"), remoteParticipant("b", "Ben")],
};
