import { FileUp, LoaderCircle, RotateCw, TriangleAlert } from "lucide-react";
import { handPosition } from "../../call/raised-hands";
import type { RemoteParticipant } from "../../call/types";
import { useAnnounced } from "../../components/announcer";
import { Avatar } from "../../components/avatar";
import { Button } from "../../components/button";
import { Control } from "../../components/control";
import { Video } from "../../components/video";
import { shownName } from "../../i18n/shown-name";
import { useText } from "../../i18n/text";
import { useActions, useCall } from "../hooks/maru-context";
import { useNetworkDown } from "../hooks/use-network-down";
import { useTrackLive } from "../hooks/use-track-live";
import { QualityMark } from "../shared/quality-mark";
import { TechnicalDetails } from "../shared/technical-details";
import { HiddenAddresses } from "./hidden-addresses";
import { Tile, type TileLayout } from "./tile";

interface ParticipantTileProps extends TileLayout {
  participant: RemoteParticipant;
  /** Opens the statistics of a participant, by key. */
  onStatistics: (key: string) => void;
  /** Sends files to a participant, by key; null where there are no file transfers. */
  onSendFiles: ((key: string) => void) | null;
}

export function ParticipantTile({ participant, onStatistics, onSendFiles, ...layout }: ParticipantTileProps) {
  const text = useText();
  const speaking = useCall((state) => state.activeSpeaker === participant.key);
  const position = useCall((state) => handPosition(state.hands, participant.key));
  const noMedia = useCall((state) => state.engine.kind === "none");
  const { camera } = participant.tracks;
  const live = useTrackLive(camera);
  const name = shownName(participant.name, text);
  const { level } = participant.quality;
  return (
    <Tile
      {...layout}
      participant={participant.id}
      link={participant.link}
      name={name}
      speaking={speaking}
      hand={participant.state.hand}
      handPosition={position}
      mark={
        (level === "fair" || level === "poor") && (
          <QualityMark name={name} level={level} onOpen={() => onStatistics(participant.key)} />
        )
      }
      corner={
        onSendFiles !== null &&
        participant.files && (
          <Control
            compact
            tipBelow
            className="tile-send tip-right"
            label={text.files.sendTo(name)}
            icon={<FileUp size={17} />}
            onClick={() => onSendFiles(participant.key)}
          />
        )
      }
      {...(noMedia ? {} : { muted: !participant.state.microphone })}
    >
      {camera && participant.state.camera && live ? (
        <Video track={camera} label={name} testId="tile-video" />
      ) : (
        <div className="tile-blank">{(noMedia || !isExplained(participant)) && <Avatar name={name} />}</div>
      )}
      {!noMedia && <LinkState participant={participant} name={name} small={layout.small} />}
    </Tile>
  );
}

/** Text is in the place of the picture. */
function isExplained({ link, problems }: RemoteParticipant): boolean {
  return link === "failed" || (link !== "connected" && problems.includes("hidden-addresses"));
}

interface LinkStateProps {
  participant: RemoteParticipant;
  name: string;
  small: boolean;
}

function LinkState({ participant, name, small }: LinkStateProps) {
  const text = useText();
  const { retryLink } = useActions();
  const { id, link, linkError, problems } = participant;
  const ownState = useCall((state) => state.self.state);
  const networkDown = useNetworkDown();
  // A missing video codec matters only while somebody would show a picture.
  const video = [ownState, participant.state].some(({ camera, screen }) => camera || screen);
  const problem =
    link === "connected"
      ? problems.find(
          (candidate) => candidate === "no-audio-codec" || (candidate === "no-video-codec" && video),
        )
      : undefined;
  // A link that failed has a notice, somebody new is announced when they join, and one banner says that the network is down.
  const news = problem
    ? text.call.problems[problem]
    : link === "reconnecting" && !networkDown
      ? text.call.links[link]
      : null;
  useAnnounced(news && text.announcements.link(name, news));
  if (link === "closed") return null;
  // One banner says it for all.
  if (networkDown && link !== "failed") return null;
  if (link === "connected") {
    if (!problem) return null;
    return (
      <div className="tile-state tile-state-problem" title={text.call.problems[problem]}>
        <TriangleAlert size={16} aria-hidden="true" />
        <span>{text.call.problems[problem]}</span>
      </div>
    );
  }
  if (problems.includes("hidden-addresses")) return <HiddenAddresses name={name} small={small} />;
  if (link !== "failed") {
    return (
      <div className={`tile-state tile-state-${link}`}>
        <LoaderCircle size={16} className="spin" aria-hidden="true" />
        <span>{text.call.links[link]}</span>
      </div>
    );
  }
  return (
    <div className="tile-failed">
      <strong>{text.call.links.failed}</strong>
      {!small && <p>{text.call.linkFailedHelp(name)}</p>}
      <div className="tile-failed-actions">
        <Button small icon={<RotateCw size={15} aria-hidden="true" />} onClick={() => retryLink(id)}>
          {text.common.retry}
        </Button>
        {!small && <TechnicalDetails detail={linkError} />}
      </div>
    </div>
  );
}
