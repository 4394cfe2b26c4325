import { LoaderCircle, RotateCw, TriangleAlert } from "lucide-react";
import type { RemoteParticipant } from "../../call/types";
import { Avatar } from "../../components/avatar";
import { Button } from "../../components/button";
import { Video } from "../../components/video";
import { useText } from "../../i18n/text";
import { useActions, useCall } from "../hooks/context";
import { useTrackLive } from "../hooks/use-track-live";
import { QualityMark } from "../statistics/quality-mark";
import { TechnicalDetails } from "../technical-details";
import { Tile, type TilePlace } from "./tile";

interface PersonTileProps extends TilePlace {
  id: string;
  onConnection: (participant: string) => void;
}

export function PersonTile({ id, onConnection, ...place }: PersonTileProps) {
  const text = useText();
  const person = useCall((state) => state.participants.find((participant) => participant.id === id));
  const speaking = useCall((state) => state.activeSpeaker === id);
  const engine = useCall((state) => state.engine.kind);
  const camera = person?.tracks.camera;
  const live = useTrackLive(camera);
  if (!person) return null;
  const name = person.name || text.common.guest;
  const noMedia = engine === "none";
  const { level } = person.quality;
  return (
    <Tile
      {...place}
      participant={id}
      link={person.link}
      name={name}
      speaking={speaking}
      hand={person.state.hand}
      mark={
        (level === "fair" || level === "poor") && (
          <QualityMark level={level} onOpen={() => onConnection(id)} />
        )
      }
      {...(noMedia ? {} : { muted: !person.state.microphone })}
    >
      {camera && person.state.camera && live ? (
        <Video track={camera} label={name} testId="tile-video" />
      ) : (
        <div className="tile-blank">{(noMedia || person.link !== "failed") && <Avatar name={name} />}</div>
      )}
      {!noMedia && <LinkState person={person} name={name} small={place.small} />}
    </Tile>
  );
}

function LinkState({ person, name, small }: { person: RemoteParticipant; name: string; small: boolean }) {
  const text = useText();
  const { retryLink } = useActions();
  const { link, linkDetail, problems } = person;
  const own = useCall((state) => state.self.state);
  if (link === "closed") return null;
  if (link === "connected") {
    const showing = [own, person.state].some(({ camera, screen }) => camera || screen);
    const problem = problems.find((one) => one === "no-audio-codec" || showing);
    if (!problem) return null;
    return (
      <div className="tile-state tile-state-problem" role="status" title={text.call.problems[problem]}>
        <TriangleAlert size={16} aria-hidden="true" />
        <span>{text.call.problems[problem]}</span>
      </div>
    );
  }
  if (link !== "failed") {
    return (
      <div className={`tile-state tile-state-${link}`} role="status">
        <LoaderCircle size={16} className="spin" aria-hidden="true" />
        <span>{text.call.links[link]}</span>
      </div>
    );
  }
  return (
    <div className="tile-failed" role="status">
      <strong>{text.call.links.failed}</strong>
      {!small && <p>{text.call.linkFailedHelp(name)}</p>}
      <div className="tile-failed-actions">
        <Button small icon={<RotateCw size={15} aria-hidden="true" />} onClick={() => retryLink(person.id)}>
          {text.common.retry}
        </Button>
        {!small && <TechnicalDetails detail={linkDetail} />}
      </div>
    </div>
  );
}
