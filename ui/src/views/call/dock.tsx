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
import { isWanted } from "../../call/types";
import { Control } from "../../components/control";
import { useText } from "../../i18n/text";
import type { SheetName } from "../app-sheets";
import { useActions, useCall } from "../hooks/context";
import { switchLabel } from "../switch-label";
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
  const { setHand, leave } = useActions();
  const capabilities = useCall((state) => state.engine.capabilities);
  const hand = useCall((state) => state.self.state.hand);
  const unread = useCall((state) => state.unread);
  const close = () => onMenu(null);
  const toggle = (name: DockMenu) => () => onMenu(menu === name ? null : name);
  const toggleReactions = toggle("reactions");

  return (
    <div className={`dock ${faded ? "dock-faded" : ""}`} data-testid="dock">
      <div className="dock-bar" role="toolbar" aria-label={text.dock.label}>
        {capabilities.microphone && <MicrophoneControl {...props} />}
        {capabilities.camera && <CameraControl {...props} />}
        {capabilities.screen && <ShareControl />}
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
  const microphone = useCall((state) => state.self.microphone);
  const wanted = isWanted(microphone);
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
        label={switchLabel(microphone, {
          turnOn: text.dock.unmute,
          cancel: text.dock.cancelMicrophone,
          turnOff: text.dock.mute,
        })}
        shortcut={SHORTCUTS.microphone.key}
        tone={wanted ? "neutral" : "off"}
        opening={microphone.status === "opening"}
        icon={wanted ? <Mic size={20} /> : <MicOff size={20} />}
        onClick={() => setMicrophone(!wanted)}
      />
    </DockSlot>
  );
}

function CameraControl({ menu, onMenu }: DockProps) {
  const text = useText();
  const { setCamera } = useActions();
  const camera = useCall((state) => state.self.camera);
  const wanted = isWanted(camera);
  return (
    <DockSlot
      open={menu === "camera"}
      onOpen={() => onMenu(menu === "camera" ? null : "camera")}
      openLabel={text.dock.cameraDevices}
      menu={<DeviceMenu label={text.dock.cameraDevices} kinds={["camera"]} onClose={() => onMenu(null)} />}
    >
      <Control
        label={switchLabel(camera, {
          turnOn: text.dock.cameraOn,
          cancel: text.dock.cancelCamera,
          turnOff: text.dock.cameraOff,
        })}
        shortcut={SHORTCUTS.camera.key}
        tone={wanted ? "neutral" : "off"}
        opening={camera.status === "opening"}
        icon={wanted ? <Video size={20} /> : <VideoOff size={20} />}
        onClick={() => setCamera(!wanted)}
      />
    </DockSlot>
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
      onClick={() => setScreen(!isWanted(screen))}
    />
  );
}
