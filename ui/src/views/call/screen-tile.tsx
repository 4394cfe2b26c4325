import { LoaderCircle } from "lucide-react";
import type { RemoteParticipant } from "../../call/types";
import { Video } from "../../components/video";
import { shownName } from "../../i18n/shown-name";
import { useText } from "../../i18n/text";
import { useTrackLive } from "../hooks/use-track-live";
import { Tile, type TileLayout } from "./tile";
import { Zoomable } from "./zoomable";

export function ScreenTile({ participant, ...layout }: TileLayout & { participant: RemoteParticipant }) {
  const text = useText();
  const { screen } = participant.tracks;
  const live = useTrackLive(screen);
  if (!screen) return null;
  const name = text.call.screenOf(shownName(participant.name, text));
  return (
    <Tile {...layout} participant={participant.id} link={participant.link} kind="screen" name={name}>
      <Zoomable name={name} large={!layout.small}>
        {live ? (
          <Video track={screen} fit="contain" label={name} testId="tile-video" />
        ) : (
          <LoaderCircle size={28} className="spin" aria-hidden="true" />
        )}
      </Zoomable>
    </Tile>
  );
}
