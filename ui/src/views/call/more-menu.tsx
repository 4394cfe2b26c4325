import {
  Eye,
  EyeOff,
  FolderUp,
  Hand,
  Keyboard,
  LayoutGrid,
  Link,
  MonitorUp,
  PanelTop,
  Settings2,
  Users,
} from "lucide-react";
import { isOnOrOpening } from "../../call/types";
import { Menu, MenuGroup, MenuItem } from "../../components/menu";
import { useText } from "../../i18n/text";
import { useFilesSummary } from "../files/use-files-summary";
import { useActions, useCall, useHost, useSettings, useTransfers } from "../hooks/maru-context";
import { NARROW, useMediaQuery } from "../hooks/use-media-query";
import { SHORTCUTS } from "../shared/shortcuts";
import { switchLabel } from "../shared/switch-label";
import type { DockProps } from "./dock-props";
import { ReactionButtons } from "./reaction-buttons";

/** Actions without a button in the dock; in a narrow window also those that the dock hides there. */
export function MoreMenu(props: DockProps & { onClose: () => void }) {
  const { onClose, onSheet, onPanel, onToggleSpotlight, onCopyLink, spotlighted } = props;
  const text = useText();
  const { setHand, setScreenContent, setScreen, react } = useActions();
  const hand = useCall((state) => state.self.state.hand);
  const content = useCall((state) => state.self.screenContent);
  const screen = useCall((state) => state.self.screen);
  const canShare = useCall((state) => state.engine.capabilities.screen);
  const { settings } = useHost();
  const { hideSelf } = useSettings();
  const narrow = useMediaQuery(NARROW);
  const transfers = useTransfers();
  const files = useFilesSummary();
  /** Closes the menu, then runs the action. */
  const closeAnd = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <Menu label={text.dock.more} onClose={onClose} className="more-menu">
      {narrow && (
        <>
          <MenuGroup label={text.dock.react}>
            <div className="more-reactions" role="none">
              <ReactionButtons size={28} onSelect={(reaction) => closeAnd(() => react(reaction))()} />
            </div>
          </MenuGroup>
          <MenuItem icon={<Hand size={17} />} onSelect={closeAnd(() => setHand(!hand))}>
            {hand ? text.dock.lowerHand : text.dock.raiseHand}
          </MenuItem>
          {canShare && (
            <MenuItem
              icon={<MonitorUp size={17} />}
              onSelect={closeAnd(() => setScreen(!isOnOrOpening(screen)))}
              className="more-share"
            >
              {switchLabel(screen, {
                turnOn: text.dock.share,
                cancel: text.dock.cancelShare,
                turnOff: text.dock.stopShare,
              })}
            </MenuItem>
          )}
          <MenuItem icon={<Users size={17} />} onSelect={closeAnd(() => onPanel("people"))}>
            {text.dock.people}
          </MenuItem>
          {transfers && (
            <MenuItem icon={<FolderUp size={17} />} onSelect={closeAnd(() => onPanel("files"))}>
              {files.label}
            </MenuItem>
          )}
          <MenuItem
            icon={spotlighted ? <LayoutGrid size={17} /> : <PanelTop size={17} />}
            onSelect={closeAnd(onToggleSpotlight)}
          >
            {spotlighted ? text.call.toGrid : text.call.toSpeaker}
          </MenuItem>
        </>
      )}
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
      <MenuItem
        icon={<Keyboard size={17} />}
        shortcut={SHORTCUTS.help.key}
        onSelect={closeAnd(() => onSheet("shortcuts"))}
      >
        {text.menu.shortcuts}
      </MenuItem>
    </Menu>
  );
}
