import { FileUp, Hand, Mic, MicOff, MonitorUp, Video, VideoOff } from "lucide-react";
import { byHand, handPosition } from "../../call/raised-hands";
import type { MediaState, RemoteParticipant } from "../../call/types";
import { Avatar } from "../../components/avatar";
import { Control } from "../../components/control";
import { isolated, shownName } from "../../i18n/shown-name";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/maru-context";
import { InviteButton } from "../shared/invite-button";
import { QualityMark } from "../shared/quality-mark";
import { Panel } from "./panel";

interface PeoplePanelProps {
  hidden: boolean;
  onClose: () => void;
  /** Opens the statistics of a participant, by key. */
  onStatistics: (key: string) => void;
  /** Sends files to a participant, by key; null where there are no file transfers. */
  onSendFiles: ((key: string) => void) | null;
}

export function PeoplePanel({ hidden, onClose, onStatistics, onSendFiles }: PeoplePanelProps) {
  const text = useText();
  const participants = useCall((state) => state.participants);
  const capacity = useCall((state) => state.capacity);
  const self = useCall((state) => state.self);
  const noMedia = useCall((state) => state.engine.kind === "none");
  const hands = useCall((state) => state.hands);
  const people = byHand<{ key: string; participant?: RemoteParticipant }>(
    [{ key: "self" }, ...participants.map((participant) => ({ key: participant.key, participant }))],
    hands,
  );
  return (
    <Panel
      title={text.people.title}
      aside={text.people.count(participants.length + 1, capacity)}
      hidden={hidden}
      onClose={onClose}
    >
      <ul className="people">
        {people.map(({ key, participant }) =>
          participant ? (
            <ParticipantRow
              key={key}
              participant={participant}
              position={handPosition(hands, key)}
              noMedia={noMedia}
              onStatistics={() => onStatistics(key)}
              onSendFiles={onSendFiles && (() => onSendFiles(key))}
            />
          ) : (
            <li key={key} className="person" data-testid="people-item" data-participant="self">
              <Avatar small name={self.name || text.common.you} />
              <span className="person-name">
                {self.name ? text.common.me(isolated(self.name)) : text.common.you}
              </span>
              <MediaStates state={self.state} position={handPosition(hands, key)} />
              {!noMedia && <span className="quality-mark person-blank" />}
              {onSendFiles && <span className="control control-compact person-send person-blank" />}
            </li>
          ),
        )}
      </ul>
      <footer className="panel-foot">
        <InviteButton className="button button-quiet panel-invite" label={text.call.copyLink} />
      </footer>
    </Panel>
  );
}

interface ParticipantRowProps {
  participant: RemoteParticipant;
  /** Of their raised hand. */
  position: number | null;
  noMedia: boolean;
  onStatistics: () => void;
  onSendFiles: (() => void) | null;
}

function ParticipantRow(props: ParticipantRowProps) {
  const { participant, position, noMedia, onStatistics, onSendFiles } = props;
  const text = useText();
  const name = shownName(participant.name, text);
  const status = participant.absent
    ? text.call.absent
    : noMedia || participant.link === "connected"
      ? null
      : text.call.links[participant.link];
  return (
    <li
      className="person"
      data-testid="people-item"
      data-participant={participant.id}
      data-drop={participant.id}
      data-link={participant.link}
    >
      <Avatar small name={name} />
      <span className="person-name">
        {name}
        {status && <small className={`person-status person-${participant.link}`}>{status}</small>}
      </span>
      {!noMedia && <MediaStates state={participant.state} position={position} />}
      {!noMedia && <QualityMark name={name} level={participant.quality.level} onOpen={onStatistics} />}
      {onSendFiles && (
        <Control
          compact
          tipBelow
          className={`tip-right person-send ${participant.files ? "" : "person-blank"}`}
          label={text.files.sendTo(name)}
          icon={<FileUp size={17} />}
          onClick={onSendFiles}
        />
      )}
    </li>
  );
}

function MediaStates({ state, position }: { state: MediaState; position: number | null }) {
  const text = useText();
  const marks = [
    state.hand && { label: text.call.handUp(position), icon: Hand, tone: "accent" },
    state.screen && { label: text.call.isSharing, icon: MonitorUp, tone: "accent" },
    state.camera
      ? { label: text.call.cameraOn, icon: Video, tone: "" }
      : { label: text.call.cameraOff, icon: VideoOff, tone: "off" },
    state.microphone
      ? { label: text.call.microphoneOn, icon: Mic, tone: "" }
      : { label: text.call.muted, icon: MicOff, tone: "off" },
  ].filter((mark) => mark !== false);
  return (
    <span className="person-states">
      {marks.map(({ label, icon: Icon, tone }) => (
        <span key={label} role="img" aria-label={label} title={label} className={`person-state ${tone}`}>
          <Icon size={17} aria-hidden="true" />
          {Icon === Hand && position !== null && <b>{text.call.ordinal(position)}</b>}
        </span>
      ))}
    </span>
  );
}
