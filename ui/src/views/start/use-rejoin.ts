import { isSamePlace, type RoomPlace } from "../../host/room-link";
import { useActions, useCall, useSettings } from "../hooks/maru-context";

interface Rejoin {
  /** Devices that are off now and turn on with joining, as they were in the call; null: none. */
  turnsOn: "microphone" | "camera" | "both" | null;
  turnOn(): void;
}

/** Coming back to the room that was left, with the devices as they were; null for any other `place`. */
export function useRejoin(place: RoomPlace | null, left: RoomPlace | null): Rejoin | null {
  const { setMicrophone, setCamera } = useActions();
  const { microphoneOn, cameraOn } = useSettings();
  const { capabilities } = useCall((state) => state.engine);
  const self = useCall((state) => state.self);
  if (place === null || left === null || !isSamePlace(place, left)) return null;
  // Turned off in the call or since then, they are off in the settings too.
  const microphone = microphoneOn && capabilities.microphone && self.microphone.status === "off";
  const camera = cameraOn && capabilities.camera && self.camera.status === "off";
  const turnsOn = microphone && camera ? "both" : microphone ? "microphone" : camera ? "camera" : null;
  return {
    turnsOn,
    turnOn: () => {
      if (microphone) setMicrophone(true);
      if (camera) setCamera(true);
    },
  };
}
