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
import { useElementSize } from "../hooks/use-element-size";
import { DeviceToggle } from "../shared/device-toggle";
import { type SwitchLabels, switchLabel } from "../shared/switch-label";
import { useShortcutKeys } from "../shared/use-shortcut-keys";
import { DeviceMenu } from "./device-menu";
import { dockLayout, type Movable } from "./dock-layout";
import type { DockMenu, DockProps } from "./dock-props";
import { DockSlot } from "./dock-slot";
import { MoreMenu } from "./more-menu";
import { ReactionMenu } from "./reaction-menu";
import "./dock.css";

export function Dock(props: DockProps) {
  const { panel, menu, onPanel, onMenu, faded } = props;
  const text = useText();
  const keyOf = useShortcutKeys();
  const { setMicrophone, setCamera, setHand, leave } = useActions();
  const capabilities = useCall((state) => state.engine.capabilities);
  const hand = useCall((state) => state.self.state.hand);
  const unread = useCall((state) => state.unread);
  const close = () => onMenu(null);
  const toggleMenu = (name: DockMenu) => onMenu(menu === name ? null : name);

  const [ref, { width }] = useElementSize<HTMLDivElement>();
  const files = useTransfers() !== null;
  const { microphone, camera, screen } = capabilities;
  const layout = dockLayout(width, { microphone, camera, share: screen, files });
  const shown = (control: Movable) => !layout.moved.has(control);
  /** Opened by their key, while they have no control of their own. */
  const reactionsInMore = menu === "reactions" && !shown("reactions");

  return (
    <div ref={ref} className={`dock ${faded ? "dock-faded" : ""}`} data-testid="dock" data-menu-bounds>
      <section className={`dock-bar ${layout.leaveLabel ? "" : "dock-narrow"}`} aria-label={text.dock.label}>
        {microphone && (
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
            chooses={shown("devices")}
            onToggleMenu={() => toggleMenu("microphone")}
            onCloseMenu={close}
          />
        )}
        {camera && (
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
            chooses={shown("devices")}
            onToggleMenu={() => toggleMenu("camera")}
            onCloseMenu={close}
          />
        )}
        {screen && shown("share") && <ShareControl />}
        {(microphone || camera) && shown("share") && <span className="dock-line" />}
        {shown("reactions") && (
          <DockSlot open={menu === "reactions"} menu={<ReactionMenu onClose={close} />}>
            <Control
              label={text.dock.react}
              shortcut={keyOf("reactions")}
              aria-haspopup="menu"
              aria-expanded={menu === "reactions"}
              icon={<SmilePlus size={20} />}
              onClick={() => toggleMenu("reactions")}
            />
          </DockSlot>
        )}
        {shown("hand") && (
          <Control
            label={hand ? text.dock.lowerHand : text.dock.raiseHand}
            shortcut={keyOf("hand")}
            tone={hand ? "on" : "neutral"}
            icon={<Hand size={20} />}
            onClick={() => setHand(!hand)}
          />
        )}
        <Control
          label={unread > 0 ? text.dock.chatUnread(unread) : text.dock.chat}
          shortcut={keyOf("chat")}
          tone={panel === "chat" ? "on" : "neutral"}
          aria-pressed={panel === "chat"}
          badge={unread}
          icon={<MessageCircle size={20} />}
          onClick={() => onPanel(panel === "chat" ? null : "chat")}
        />
        {shown("files") && <FilesControl panel={panel} onPanel={onPanel} />}
        {shown("people") && (
          <Control
            label={text.dock.people}
            shortcut={keyOf("people")}
            tone={panel === "people" ? "on" : "neutral"}
            aria-pressed={panel === "people"}
            icon={<Users size={20} />}
            onClick={() => onPanel(panel === "people" ? null : "people")}
          />
        )}
        <DockSlot
          open={menu === "more" || reactionsInMore}
          menu={
            reactionsInMore ? (
              <ReactionMenu onClose={close} />
            ) : (
              <MoreMenu {...props} layout={layout} onClose={close} />
            )
          }
        >
          <MoreControl
            open={menu === "more"}
            withFiles={!shown("files")}
            onToggle={() => toggleMenu("more")}
          />
        </DockSlot>
        {layout.leaveLabel && <span className="dock-line" />}
        <button
          type="button"
          className={`dock-leave ${layout.leaveLabel ? "" : "tip tip-right"}`}
          aria-label={text.dock.leave}
          data-tip={text.dock.leave}
          onClick={leave}
        >
          <PhoneOff size={20} aria-hidden="true" />
          {layout.leaveLabel && <span>{text.dock.leave}</span>}
        </button>
      </section>
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
  /** There is a button beside it that opens the menu; otherwise "More" does. */
  chooses: boolean;
  onToggleMenu: () => void;
  onCloseMenu: () => void;
}

/** The switch of a microphone or camera, and the menu that selects the device. */
function DeviceSlot(props: DeviceSlotProps) {
  const { source, kinds, menuLabel, labels, icons, onChange, menuOpen, chooses, onToggleMenu, onCloseMenu } =
    props;
  const keyOf = useShortcutKeys();
  const device = useCall((state) => state.self[source]);
  return (
    <DockSlot
      open={menuOpen}
      {...(chooses ? { onOpen: onToggleMenu, openLabel: menuLabel } : {})}
      menu={<DeviceMenu label={menuLabel} kinds={kinds} onClose={onCloseMenu} />}
    >
      <DeviceToggle
        device={device}
        labels={labels}
        icons={icons}
        shortcut={keyOf(source)}
        onChange={onChange}
      />
    </DockSlot>
  );
}

/** Badge: offers that wait for an answer. Ring: progress of all transfers under way. */
function FilesControl({ panel, onPanel }: Pick<DockProps, "panel" | "onPanel">) {
  const text = useText();
  const transfers = useTransfers();
  const key = useShortcutKeys()("files");
  const { offers, progress, label } = useFilesSummary();
  if (!transfers) return null;
  return (
    <Control
      label={label}
      shortcut={key}
      data-tip={key ? `${text.files.title}  ${key}` : text.files.title}
      tone={panel === "files" ? "on" : "neutral"}
      aria-pressed={panel === "files"}
      badge={offers}
      progress={panel === "files" ? null : progress}
      icon={<FolderUp size={20} />}
      onClick={() => onPanel(panel === "files" ? null : "files")}
    />
  );
}

interface MoreControlProps {
  open: boolean;
  /** Its menu has the files, so that it shows their badge and progress. */
  withFiles: boolean;
  onToggle: () => void;
}

function MoreControl({ open, withFiles, onToggle }: MoreControlProps) {
  const text = useText();
  const { offers, progress, label } = useFilesSummary();
  const files = withFiles && (offers > 0 || progress !== null);
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
  const keyOf = useShortcutKeys();
  const screen = useCall((state) => state.self.screen);
  const on = screen.status === "on";
  return (
    <Control
      label={switchLabel(screen, {
        turnOn: text.dock.share,
        cancel: text.dock.cancelShare,
        turnOff: text.dock.stopShare,
      })}
      shortcut={keyOf("share")}
      tone={on ? "on" : "neutral"}
      opening={screen.status === "opening"}
      icon={on ? <MonitorX size={20} /> : <MonitorUp size={20} />}
      onClick={() => setScreen(!isOnOrOpening(screen))}
    />
  );
}
