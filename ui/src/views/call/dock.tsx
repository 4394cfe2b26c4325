import {
  Ellipsis,
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
import { Control } from "../../components/control";
import { useText } from "../../i18n/text";
import type { SheetName } from "../app-sheets";
import { useActions, useCall } from "../hooks/context";
import type { PanelName } from "./call-view";
import { DeviceMenu } from "./device-menu";
import { DockSlot } from "./dock-slot";
import { MoreMenu } from "./more-menu";
import { ReactionMenu } from "./reaction-menu";
import { SHORTCUTS } from "./shortcuts";
import "./dock.css";

export type DockMenu = "microphone" | "camera" | "reactions" | "more";

export interface DockProps {
  panel: PanelName | null;
  menu: DockMenu | null;
  onPanel: (panel: PanelName | null) => void;
  onMenu: (menu: DockMenu | null) => void;
  onSheet: (sheet: SheetName) => void;
  onToggleView: () => void;
  onCopyLink: () => void;
  spotlighted: boolean;
  faded: boolean;
}

export function Dock(props: DockProps) {
  const { panel, menu, onPanel, onMenu, faded } = props;
  const text = useText();
  const { setHand, leave, setScreen } = useActions();
  const capabilities = useCall((state) => state.engine.capabilities);
  const hand = useCall((state) => state.self.state.hand);
  const screen = useCall((state) => state.self.screen.status);
  const unread = useCall((state) => state.unread);
  const close = () => onMenu(null);
  const toggle = (name: DockMenu) => () => onMenu(menu === name ? null : name);
  const toggleReactions = toggle("reactions");

  return (
    <div className={`dock ${faded ? "dock-faded" : ""}`} data-testid="dock">
      <div className="dock-bar" role="toolbar" aria-label={text.dock.label}>
        {capabilities.microphone && <MicrophoneControl {...props} />}
        {capabilities.camera && <CameraControl {...props} />}
        {capabilities.screen && (
          <Control
            className="dock-share"
            label={screen === "on" ? text.dock.stopShare : text.dock.share}
            shortcut={SHORTCUTS.share.key}
            tone={screen === "on" ? "on" : "neutral"}
            aria-pressed={screen === "on"}
            icon={screen === "on" ? <MonitorX size={20} /> : <MonitorUp size={20} />}
            onClick={() => setScreen(screen !== "on")}
          />
        )}
        {(capabilities.microphone || capabilities.camera) && <span className="dock-line" />}
        <DockSlot className="dock-wide" open={menu === "reactions"} menu={<ReactionMenu onClose={close} />}>
          <Control
            label={text.dock.react}
            shortcut={SHORTCUTS.reactions.key}
            aria-haspopup="menu"
            aria-expanded={menu === "reactions"}
            icon={<SmilePlus size={20} />}
            onClick={toggleReactions}
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
          <Control
            label={text.dock.more}
            aria-haspopup="menu"
            aria-expanded={menu === "more"}
            icon={<Ellipsis size={20} />}
            onClick={toggle("more")}
          />
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

function MicrophoneControl({ menu, onMenu }: DockProps) {
  const text = useText();
  const { setMicrophone } = useActions();
  const status = useCall((state) => state.self.microphone.status);
  const on = status === "on";
  return (
    <DockSlot
      open={menu === "microphone"}
      onOpen={() => onMenu(menu === "microphone" ? null : "microphone")}
      openLabel={text.dock.microphoneDevices}
      menu={
        <DeviceMenu
          label={text.dock.microphoneDevices}
          kinds={["microphone", "speaker"]}
          onClose={() => onMenu(null)}
        />
      }
    >
      <Control
        label={on ? text.dock.mute : text.dock.unmute}
        shortcut={SHORTCUTS.microphone.key}
        tone={on || status === "opening" ? "neutral" : "off"}
        aria-busy={status === "opening"}
        icon={on ? <Mic size={20} /> : <MicOff size={20} />}
        onClick={() => setMicrophone(!on)}
      />
    </DockSlot>
  );
}

function CameraControl({ menu, onMenu }: DockProps) {
  const text = useText();
  const { setCamera } = useActions();
  const status = useCall((state) => state.self.camera.status);
  const on = status === "on";
  return (
    <DockSlot
      open={menu === "camera"}
      onOpen={() => onMenu(menu === "camera" ? null : "camera")}
      openLabel={text.dock.cameraDevices}
      menu={<DeviceMenu label={text.dock.cameraDevices} kinds={["camera"]} onClose={() => onMenu(null)} />}
    >
      <Control
        label={on ? text.dock.cameraOff : text.dock.cameraOn}
        shortcut={SHORTCUTS.camera.key}
        tone={on || status === "opening" ? "neutral" : "off"}
        aria-busy={status === "opening"}
        icon={on ? <Video size={20} /> : <VideoOff size={20} />}
        onClick={() => setCamera(!on)}
      />
    </DockSlot>
  );
}
