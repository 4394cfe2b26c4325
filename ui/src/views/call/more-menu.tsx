import {
  Eye,
  EyeOff,
  FolderUp,
  Hand,
  Keyboard,
  LayoutGrid,
  Link,
  Mic,
  MonitorUp,
  PanelTop,
  Settings2,
  Users,
  Video,
} from "lucide-react";
import { isOnOrOpening } from "../../call/types";
import { Menu, MenuGroup, MenuItem } from "../../components/menu";
import { useText } from "../../i18n/text";
import { useFilesSummary } from "../files/use-files-summary";
import { useActions, useCall, useHost, useSettings, useTransfers } from "../hooks/maru-context";
import { TOUCH_ONLY, useMediaQuery } from "../hooks/use-media-query";
import { switchLabel } from "../shared/switch-label";
import { useShortcutKeys } from "../shared/use-shortcut-keys";
import type { DockLayout } from "./dock-layout";
import type { DockProps } from "./dock-props";
import { ReactionButtons } from "./reaction-buttons";

interface MoreMenuProps extends DockProps {
  layout: DockLayout;
  onClose: () => void;
}

/** Actions without a button in the dock, and those whose button does not fit there. */
export function MoreMenu(props: MoreMenuProps) {
  const { layout, onClose, onSheet, onCopyLink } = props;
  const text = useText();
  const keyOf = useShortcutKeys();
  const { setScreenContent } = useActions();
  const content = useCall((state) => state.self.screenContent);
  const canShare = useCall((state) => state.engine.capabilities.screen);
  const { settings } = useHost();
  const { hideSelf } = useSettings();
  const touchOnly = useMediaQuery(TOUCH_ONLY);
  /** Closes the menu, then runs the action. */
  const closeAnd = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <Menu label={text.dock.more} onClose={onClose} className="more-menu">
      <MovedControls {...props} closeAnd={closeAnd} moved={layout.moved} />
      {canShare && (
        <MenuGroup label={text.menu.screenContent}>
          {(["text", "motion"] as const).map((choice) => (
            <MenuItem
              key={choice}
              checked={content === choice}
              onSelect={closeAnd(() => setScreenContent(choice))}
            >
              {text.menu[choice]}
            </MenuItem>
          ))}
        </MenuGroup>
      )}
      <MenuItem
        icon={hideSelf ? <Eye size={17} /> : <EyeOff size={17} />}
        onSelect={closeAnd(() => settings.set({ hideSelf: !hideSelf }))}
      >
        {hideSelf ? text.picture.showSelf : text.picture.hideSelf}
      </MenuItem>
      <MenuItem icon={<Link size={17} />} onSelect={closeAnd(onCopyLink)}>
        {text.call.copyLink}
      </MenuItem>
      <MenuItem icon={<Settings2 size={17} />} onSelect={closeAnd(() => onSheet("settings"))}>
        {text.menu.settings}
      </MenuItem>
      {!touchOnly && (
        <MenuItem
          icon={<Keyboard size={17} />}
          shortcut={keyOf("help")}
          onSelect={closeAnd(() => onSheet("shortcuts"))}
        >
          {text.menu.shortcuts}
        </MenuItem>
      )}
    </Menu>
  );
}

interface MovedControlsProps extends MoreMenuProps {
  moved: DockLayout["moved"];
  closeAnd: (run: () => void) => () => void;
}

function MovedControls(props: MovedControlsProps) {
  const { moved, closeAnd, layout, onPanel, onMenu, onToggleSpotlight, spotlighted } = props;
  const text = useText();
  const { setHand, setScreen, react } = useActions();
  const hand = useCall((state) => state.self.state.hand);
  const screen = useCall((state) => state.self.screen);
  const { microphone, camera, screen: canShare } = useCall((state) => state.engine.capabilities);
  const transfers = useTransfers();
  const files = useFilesSummary();
  return (
    <>
      {moved.has("reactions") && (
        <MenuGroup label={text.dock.react}>
          <div className="more-reactions" role="none">
            <ReactionButtons size={28} onSelect={(reaction) => closeAnd(() => react(reaction))()} />
          </div>
        </MenuGroup>
      )}
      {moved.has("hand") && (
        <MenuItem icon={<Hand size={17} />} onSelect={closeAnd(() => setHand(!hand))}>
          {hand ? text.dock.lowerHand : text.dock.raiseHand}
        </MenuItem>
      )}
      {moved.has("share") && canShare && (
        <MenuItem icon={<MonitorUp size={17} />} onSelect={closeAnd(() => setScreen(!isOnOrOpening(screen)))}>
          {switchLabel(screen, {
            turnOn: text.dock.share,
            cancel: text.dock.cancelShare,
            turnOff: text.dock.stopShare,
          })}
        </MenuItem>
      )}
      {moved.has("people") && (
        <MenuItem icon={<Users size={17} />} onSelect={closeAnd(() => onPanel("people"))}>
          {text.dock.people}
        </MenuItem>
      )}
      {moved.has("files") && transfers && (
        <MenuItem icon={<FolderUp size={17} />} onSelect={closeAnd(() => onPanel("files"))}>
          {files.label}
        </MenuItem>
      )}
      {moved.has("devices") && microphone && (
        <MenuItem icon={<Mic size={17} />} onSelect={closeAnd(() => onMenu("microphone"))}>
          {text.dock.microphoneDevices}
        </MenuItem>
      )}
      {moved.has("devices") && camera && (
        <MenuItem icon={<Video size={17} />} onSelect={closeAnd(() => onMenu("camera"))}>
          {text.dock.cameraDevices}
        </MenuItem>
      )}
      {layout.viewMoved && (
        <MenuItem
          icon={spotlighted ? <LayoutGrid size={17} /> : <PanelTop size={17} />}
          onSelect={closeAnd(onToggleSpotlight)}
        >
          {spotlighted ? text.call.toGrid : text.call.toSpeaker}
        </MenuItem>
      )}
    </>
  );
}
