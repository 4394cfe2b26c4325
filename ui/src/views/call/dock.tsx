import {
  Ellipsis,
  FolderUp,
  Hand,
  MessageCircle,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  PhoneOff,
  SmilePlus,
  Users,
  Video,
  VideoOff,
} from "lucide-react";
import type { ReactNode } from "react";
import { isOnOrOpening } from "../../call/types";
import { Control } from "../../components/control";
import type { DeviceKind } from "../../engine/types";
import { useText } from "../../i18n/text";
import { useFilesSummary } from "../files/use-files-summary";
import { useActions, useCall, useTransfers } from "../hooks/maru-context";
import { NARROW, useMediaQuery } from "../hooks/use-media-query";
import { DeviceToggle } from "../shared/device-toggle";
import { SHORTCUTS } from "../shared/shortcuts";
import { type SwitchLabels, switchLabel } from "../shared/switch-label";
import { DeviceMenu } from "./device-menu";
import type { DockMenu, DockProps } from "./dock-props";
import { DockSlot } from "./dock-slot";
import { MoreMenu } from "./more-menu";
import { ReactionMenu } from "./reaction-menu";
import "./dock.css";

export function Dock(props: DockProps) {
  const { panel, menu, onPanel, onMenu, faded } = props;
  const text = useText();
  const { setMicrophone, setCamera, setHand, leave } = useActions();
  const capabilities = useCall((state) => state.engine.capabilities);
  const hand = useCall((state) => state.self.state.hand);
  const unread = useCall((state) => state.unread);
  const close = () => onMenu(null);
  const toggleMenu = (name: DockMenu) => onMenu(menu === name ? null : name);

  return (
    <div className={`dock ${faded ? "dock-faded" : ""}`} data-testid="dock">
      <div className="dock-bar" role="toolbar" aria-label={text.dock.label}>
        {capabilities.microphone && (
          <DeviceSlot
            source="microphone"
            kinds={["microphone", "speaker"]}
            menuLabel={text.dock.microphoneDevices}
            labels={{
              turnOn: text.dock.unmute,
              cancel: text.dock.cancelMicrophone,
              turnOff: text.dock.mute,
            }}
            icons={{ on: <Mic size={20} />, off: <MicOff size={20} /> }}
            onChange={setMicrophone}
            menuOpen={menu === "microphone"}
            onToggleMenu={() => toggleMenu("microphone")}
            onCloseMenu={close}
          />
        )}
        {capabilities.camera && (
          <DeviceSlot
            source="camera"
            kinds={["camera"]}
            menuLabel={text.dock.cameraDevices}
            labels={{
              turnOn: text.dock.cameraOn,
              cancel: text.dock.cancelCamera,
              turnOff: text.dock.cameraOff,
            }}
            icons={{ on: <Video size={20} />, off: <VideoOff size={20} /> }}
            onChange={setCamera}
            menuOpen={menu === "camera"}
            onToggleMenu={() => toggleMenu("camera")}
            onCloseMenu={close}
          />
        )}
        {capabilities.screen && <ShareControl />}
        {(capabilities.microphone || capabilities.camera) && <span className="dock-line" />}
        <DockSlot className="dock-wide" open={menu === "reactions"} menu={<ReactionMenu onClose={close} />}>
          <Control
            label={text.dock.react}
            shortcut={SHORTCUTS.reactions.key}
            aria-haspopup="menu"
            aria-expanded={menu === "reactions"}
            icon={<SmilePlus size={20} />}
            onClick={() => toggleMenu("reactions")}
          />
        </DockSlot>
        <Control
          className="dock-wide"
          label={hand ? text.dock.lowerHand : text.dock.raiseHand}
          shortcut={SHORTCUTS.hand.key}
          tone={hand ? "on" : "neutral"}
          aria-pressed={hand}
          icon={<Hand size={20} />}
          onClick={() => setHand(!hand)}
        />
        <Control
          label={unread > 0 ? text.dock.chatUnread(unread) : text.dock.chat}
          shortcut={SHORTCUTS.chat.key}
          tone={panel === "chat" ? "on" : "neutral"}
          aria-pressed={panel === "chat"}
          badge={unread}
          icon={<MessageCircle size={20} />}
          onClick={() => onPanel(panel === "chat" ? null : "chat")}
        />
        <FilesControl panel={panel} onPanel={onPanel} />
        <Control
          className="dock-wide"
          label={text.dock.people}
          shortcut={SHORTCUTS.people.key}
          tone={panel === "people" ? "on" : "neutral"}
          aria-pressed={panel === "people"}
          icon={<Users size={20} />}
          onClick={() => onPanel(panel === "people" ? null : "people")}
        />
        <DockSlot open={menu === "more"} menu={<MoreMenu {...props} onClose={close} />}>
          <MoreControl open={menu === "more"} onToggle={() => toggleMenu("more")} />
        </DockSlot>
        <span className="dock-line dock-wide" />
        <button type="button" className="dock-leave" aria-label={text.dock.leave} onClick={leave}>
          <PhoneOff size={20} aria-hidden="true" />
          <span>{text.dock.leave}</span>
        </button>
      </div>
    </div>
  );
}

interface DeviceSlotProps {
  source: "microphone" | "camera";
  /** The kinds of devices in the menu. */
  kinds: readonly DeviceKind[];
  menuLabel: string;
  labels: SwitchLabels;
  icons: { on: ReactNode; off: ReactNode };
  onChange: (on: boolean) => void;
  menuOpen: boolean;
  onToggleMenu: () => void;
  onCloseMenu: () => void;
}

/** The switch of a microphone or camera, and the menu that selects the device. */
function DeviceSlot(props: DeviceSlotProps) {
  const { source, kinds, menuLabel, labels, icons, onChange, menuOpen, onToggleMenu, onCloseMenu } = props;
  const device = useCall((state) => state.self[source]);
  return (
    <DockSlot
      open={menuOpen}
      onOpen={onToggleMenu}
      openLabel={menuLabel}
      menu={<DeviceMenu label={menuLabel} kinds={kinds} onClose={onCloseMenu} />}
    >
      <DeviceToggle
        device={device}
        labels={labels}
        icons={icons}
        shortcut={SHORTCUTS[source].key}
        onChange={onChange}
      />
    </DockSlot>
  );
}

/** Badge: offers that wait for an answer. Ring: progress of all transfers under way. */
function FilesControl({ panel, onPanel }: Pick<DockProps, "panel" | "onPanel">) {
  const text = useText();
  const transfers = useTransfers();
  const { offers, progress, label } = useFilesSummary();
  if (!transfers) return null;
  return (
    <Control
      className="dock-wide"
      label={label}
      shortcut={SHORTCUTS.files.key}
      data-tip={`${text.files.title}  ${SHORTCUTS.files.key}`}
      tone={panel === "files" ? "on" : "neutral"}
      aria-pressed={panel === "files"}
      badge={offers}
      progress={panel === "files" ? null : progress}
      icon={<FolderUp size={20} />}
      onClick={() => onPanel(panel === "files" ? null : "files")}
    />
  );
}

/** In a narrow window its menu has the files, so that it shows their badge and progress. */
function MoreControl({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const text = useText();
  const narrow = useMediaQuery(NARROW);
  const { offers, progress, label } = useFilesSummary();
  const files = narrow && (offers > 0 || progress !== null);
  return (
    <Control
      label={files ? `${text.dock.more} (${label})` : text.dock.more}
      data-tip={text.dock.more}
      aria-haspopup="menu"
      aria-expanded={open}
      {...(files ? { badge: offers, progress } : {})}
      icon={<Ellipsis size={20} />}
      onClick={onToggle}
    />
  );
}

function ShareControl() {
  const text = useText();
  const { setScreen } = useActions();
  const screen = useCall((state) => state.self.screen);
  const on = screen.status === "on";
  return (
    <Control
      className="dock-share"
      label={switchLabel(screen, {
        turnOn: text.dock.share,
        cancel: text.dock.cancelShare,
        turnOff: text.dock.stopShare,
      })}
      shortcut={SHORTCUTS.share.key}
      tone={on ? "on" : "neutral"}
      opening={screen.status === "opening"}
      aria-pressed={on}
      icon={on ? <MonitorX size={20} /> : <MonitorUp size={20} />}
      onClick={() => setScreen(!isOnOrOpening(screen))}
    />
  );
}
