import { Hand, Keyboard, LayoutGrid, Link, MonitorUp, PanelTop, Settings2, Users } from "lucide-react";
import { isWanted, REACTIONS } from "../../call/types";
import { Menu, MenuGroup, MenuItem } from "../../components/menu";
import { ReactionImage } from "../../components/reaction-image";
import { useText } from "../../i18n/text";
import { useActions, useCall } from "../hooks/context";
import { NARROW, useMediaQuery } from "../hooks/use-media-query";
import { switchLabel } from "../switch-label";
import type { DockProps } from "./dock";
import { SHORTCUTS } from "./shortcuts";

/** What has no place in the dock; on a narrow window also what lost it there. */
export function MoreMenu(props: DockProps & { onClose: () => void }) {
  const { onClose, onSheet, onPanel, onToggleView, onCopyLink, spotlighted } = props;
  const text = useText();
  const { setHand, setScreenContent, setScreen, react } = useActions();
  const hand = useCall((state) => state.self.state.hand);
  const content = useCall((state) => state.self.screenContent);
  const screen = useCall((state) => state.self.screen);
  const canShare = useCall((state) => state.engine.capabilities.screen);
  const narrow = useMediaQuery(NARROW);
  const then = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <Menu label={text.dock.more} onClose={onClose} className="more-menu">
      {narrow && (
        <>
          <MenuGroup label={text.dock.react}>
            <div className="more-reactions" role="none">
              {REACTIONS.map((name) => (
                <button
                  key={name}
                  type="button"
                  role="menuitem"
                  className="reaction-choice"
                  aria-label={text.reactions[name]}
                  onClick={then(() => react(name))}
                >
                  <ReactionImage name={name} size={28} />
                </button>
              ))}
            </div>
          </MenuGroup>
          <MenuItem icon={<Hand size={17} />} onSelect={then(() => setHand(!hand))}>
            {hand ? text.dock.lowerHand : text.dock.raiseHand}
          </MenuItem>
          {canShare && (
            <MenuItem
              icon={<MonitorUp size={17} />}
              onSelect={then(() => setScreen(!isWanted(screen)))}
              className="more-share"
            >
              {switchLabel(screen, {
                turnOn: text.dock.share,
                cancel: text.dock.cancelShare,
                turnOff: text.dock.stopShare,
              })}
            </MenuItem>
          )}
          <MenuItem icon={<Users size={17} />} onSelect={then(() => onPanel("people"))}>
            {text.dock.people}
          </MenuItem>
          <MenuItem
            icon={spotlighted ? <LayoutGrid size={17} /> : <PanelTop size={17} />}
            onSelect={then(onToggleView)}
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
              onSelect={then(() => setScreenContent(choice))}
            >
              {text.menu[choice]}
            </MenuItem>
          ))}
        </MenuGroup>
      )}
      <MenuItem icon={<Link size={17} />} onSelect={then(onCopyLink)}>
        {text.call.copyLink}
      </MenuItem>
      <MenuItem icon={<Settings2 size={17} />} onSelect={then(() => onSheet("settings"))}>
        {text.menu.settings}
      </MenuItem>
      <MenuItem
        icon={<Keyboard size={17} />}
        shortcut={SHORTCUTS.help.key}
        onSelect={then(() => onSheet("shortcuts"))}
      >
        {text.menu.shortcuts}
      </MenuItem>
    </Menu>
  );
}
