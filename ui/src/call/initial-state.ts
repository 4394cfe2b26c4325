import type { Engine } from "../engine/types";
import type { Settings } from "../host/types";
import { LIMITS } from "../protocol/generated";
import { DEVICE_OFF } from "./local-device";
import type { CallState } from "./types";

/** Before anything happened. */
export function initialState(engine: Engine, settings: Settings): CallState {
  return {
    phase: "idle",
    room: null,
    capacity: LIMITS.defaultRoomCapacity,
    self: {
      id: null,
      name: settings.name,
      state: { microphone: false, camera: false, screen: false, hand: false },
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
    activeSpeaker: null,
    notices: [],
    engine: { kind: engine.kind, capabilities: engine.capabilities, problems: engine.problems ?? [] },
    playbackBlocked: engine.playback.blocked(),
    joinedAt: null,
  };
}
