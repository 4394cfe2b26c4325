import type { ReactNode } from "react";
import { isOnOrOpening, type LocalDevice } from "../../call/types";
import { Control } from "../../components/control";
import { type SwitchLabels, switchLabel } from "./switch-label";

interface DeviceToggleProps {
  device: LocalDevice;
  labels: SwitchLabels;
  icons: { on: ReactNode; off: ReactNode };
  shortcut?: string | undefined;
  onChange: (on: boolean) => void;
}

/** Turns a microphone or a camera on and off, and cancels it while it is opening. */
export function DeviceToggle({ device, labels, icons, onChange, ...rest }: DeviceToggleProps) {
  const on = isOnOrOpening(device);
  return (
    <Control
      label={switchLabel(device, labels)}
      tone={on ? "neutral" : "off"}
      opening={device.status === "opening"}
      icon={on && device.status !== "interrupted" ? icons.on : icons.off}
      onClick={() => onChange(!on)}
      {...rest}
    />
  );
}
