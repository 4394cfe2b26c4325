import { EyeOff } from "lucide-react";
import { handPosition } from "../../call/raised-hands";
import { Avatar } from "../../components/avatar";
import { Control } from "../../components/control";
import { Video } from "../../components/video";
import { isolated } from "../../i18n/shown-name";
import { useText } from "../../i18n/text";
import { useCall, useHost, useSettings } from "../hooks/maru-context";
import { Tile, type TileLayout } from "./tile";

/** One's own camera, as in a mirror unless that is switched off. */
export function SelfTile(layout: TileLayout) {
  const text = useText();
  const name = useCall((state) => state.self.name);
  const camera = useCall((state) => state.self.camera);
  const microphone = useCall((state) => state.self.microphone.status);
  const hand = useCall((state) => state.self.state.hand);
  const position = useCall((state) => handPosition(state.hands, "self"));
  const speaking = useCall((state) => state.activeSpeaker === "self");
  const engine = useCall((state) => state.engine.kind);
  const { mirrorSelf } = useSettings();
  const { settings } = useHost();
  const shown = name ? text.common.me(isolated(name)) : text.common.you;
  return (
    <Tile
      {...layout}
      participant="self"
      name={shown}
      coloursOf={name || text.common.you}
      speaking={speaking}
      hand={hand}
      corner={
        <Control
          compact
          tipBelow
          className="tile-hide tip-right"
          label={text.picture.hideSelf}
          icon={<EyeOff size={17} />}
          onClick={() => {
            settings.set({ hideSelf: true });
            // The button is gone with the tile; the menu that shows it again is in the dock.
            document.querySelector<HTMLElement>(".dock button")?.focus();
          }}
        />
      }
      handPosition={position}
      {...(engine === "none" ? {} : { muted: microphone !== "on" })}
    >
      {camera.status === "on" && camera.track ? (
        <Video track={camera.track} mirrored={mirrorSelf} label={shown} testId="tile-video" />
      ) : (
        <div className="tile-blank">
          <Avatar name={name || text.common.you} />
        </div>
      )}
    </Tile>
  );
}
