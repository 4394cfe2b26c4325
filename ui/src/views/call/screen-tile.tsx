import { LoaderCircle } from "lucide-react";
import { Video } from "../../components/video";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/context";
import { useTrackLive } from "../hooks/use-track-live";
import { Tile, type TilePlace } from "./tile";

export function ScreenTile({ id, ...place }: TilePlace & { id: string }) {
  const text = useText();
  const person = useCall((state) => state.participants.find((participant) => participant.id === id));
  const screen = person?.tracks.screen;
  const live = useTrackLive(screen);
  if (!person || !screen) return null;
  const name = text.call.screenOf(person.name || text.common.guest);
  return (
    <Tile {...place} participant={id} link={person.link} kind="screen" name={name}>
      <div className="tile-screen">
        {live ? (
          <Video track={screen} fit="contain" label={name} testId="tile-video" />
        ) : (
          <LoaderCircle size={28} className="spin" aria-hidden="true" />
        )}
      </div>
    </Tile>
  );
}
