import type { Engine } from "../engine/types";
import type { Settings } from "../host/types";
import { LIMITS } from "../protocol/generated";
import { DEVICE_OFF } from "./local-device";
import { ALL_OFF } from "./media-state";
import type { CallState } from "./types";

/** What the initial state depends on. */
type EngineInfo = Pick<Engine, "kind" | "capabilities" | "problems"> & {
  playback: Pick<Engine["playback"], "blocked">;
};

export function initialState(engine: EngineInfo, settings: Settings): CallState {
  return {
    phase: "idle",
    waitingForSeat: false,
    room: null,
    capacity: LIMITS.defaultRoomCapacity,
    self: {
      id: null,
      name: settings.name,
      state: ALL_OFF,
      microphone: DEVICE_OFF,
      camera: DEVICE_OFF,
      screen: DEVICE_OFF,
      devices: [],
      microphoneId: settings.microphoneId,
      cameraId: settings.cameraId,
      speakerId: settings.speakerId,
      screenContent: settings.screenContent,
    },
    participants: [],
    signaling: { kind: "idle" },
    chat: [],
    unread: 0,
    reactions: [],
    hands: [],
    activeSpeaker: null,
    notices: [],
    engine: { kind: engine.kind, capabilities: engine.capabilities, problems: engine.problems ?? [] },
    playbackBlocked: engine.playback.blocked(),
    joinedAt: null,
  };
}
