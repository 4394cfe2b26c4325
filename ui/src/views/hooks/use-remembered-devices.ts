import { useEffect, useRef } from "react";
import type { DeviceKind } from "../../engine/types";
import { useActions, useCall, useHost } from "./maru-context";

/**
 * Opens the devices that were on last time, if permission is still granted: a device with a readable label opens
 * without a prompt. Without permission, the start screen first explains why it asks. Once per page load, and only
 * before the first call: after leaving, devices stay off.
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
