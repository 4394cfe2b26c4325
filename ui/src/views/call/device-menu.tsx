import { Menu, MenuGroup, MenuItem } from "../../components/menu";
import type { DeviceKind } from "../../engine/types";
import { useText } from "../../i18n/text";
import { useActions, useCall } from "../hooks/maru-context";
import { deviceOptions, selectedDevice } from "../shared/device-options";

interface DeviceMenuProps {
  label: string;
  kinds: readonly DeviceKind[];
  onClose: () => void;
}

export function DeviceMenu({ label, kinds, onClose }: DeviceMenuProps) {
  const text = useText();
  const self = useCall((state) => state.self);
  const { chooseSpeaker } = useCall((state) => state.engine.capabilities);
  const { selectDevice } = useActions();
  return (
    <Menu label={label} onClose={onClose} className="device-menu">
      {kinds
        .filter((kind) => kind !== "speaker" || chooseSpeaker)
        .map((kind) => (
          <MenuGroup key={kind} label={text.menu[kind]}>
            {deviceOptions(text, self.devices, kind).map((option) => (
              <MenuItem
                key={option.id ?? ""}
                checked={selectedDevice(self, kind) === option.id}
                onSelect={() => {
                  selectDevice(kind, option.id);
                  onClose();
                }}
              >
                {option.label}
              </MenuItem>
            ))}
          </MenuGroup>
        ))}
    </Menu>
  );
}
