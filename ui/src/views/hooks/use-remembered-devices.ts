import { useEffect, useRef } from "react";
import type { DeviceKind } from "../../engine/types";
import { useActions, useCall, useHost } from "./context";

/**
 * Opens again what the person had on last time, but only where the permission still stands: a device
 * whose label can be read may be opened without asking. Everybody else first sees why, and clicks.
 * Once per visit, and only before the first call: after leaving, devices stay off until asked for.
 */
export function useRememberedDevices(): void {
  const host = useHost();
  const { setCamera, setMicrophone } = useActions();
  const devices = useCall((state) => state.self.devices);
  const phase = useCall((state) => state.phase);
  const done = useRef<Record<"microphone" | "camera", boolean>>({ microphone: false, camera: false });
  useEffect(() => {
    if (phase !== "idle") done.current = { microphone: true, camera: true };
    let stale = false;
    void host.settings.ready.then(() => {
      if (stale) return;
      const { cameraOn, microphoneOn } = host.settings.get();
      const permitted = (kind: DeviceKind) =>
        devices.some((device) => device.kind === kind && device.label !== "");
      if (microphoneOn && !done.current.microphone && permitted("microphone")) {
        done.current.microphone = true;
        setMicrophone(true);
      }
      if (cameraOn && !done.current.camera && permitted("camera")) {
        done.current.camera = true;
        setCamera(true);
      }
    });
    return () => {
      stale = true;
    };
  }, [host, devices, phase, setCamera, setMicrophone]);
}
