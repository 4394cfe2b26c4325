import { Avatar } from "../../components/avatar";
import { Video } from "../../components/video";
import { isolated } from "../../i18n/shown-name";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/maru-context";
import { Tile, type TileLayout } from "./tile";

/** One's own camera, mirrored as people expect of it. */
export function SelfTile(layout: TileLayout) {
  const text = useText();
  const name = useCall((state) => state.self.name);
  const camera = useCall((state) => state.self.camera);
  const microphone = useCall((state) => state.self.microphone.status);
  const hand = useCall((state) => state.self.state.hand);
  const speaking = useCall((state) => state.activeSpeaker === "self");
  const engine = useCall((state) => state.engine.kind);
  const shown = name ? text.common.me(isolated(name)) : text.common.you;
  return (
    <Tile
      {...layout}
      participant="self"
      name={shown}
      speaking={speaking}
      hand={hand}
      {...(engine === "none" ? {} : { muted: microphone !== "on" })}
    >
      {camera.status === "on" && camera.track ? (
        <Video track={camera.track} mirrored label={shown} testId="tile-video" />
      ) : (
        <div className="tile-blank">
          <Avatar name={name || text.common.you} />
        </div>
      )}
    </Tile>
  );
}
