import { Hand, Mic, MicOff, MonitorUp, Video, VideoOff } from "lucide-react";
import type { MediaState, RemoteParticipant } from "../../call/types";
import { Avatar } from "../../components/avatar";
import { useText } from "../../i18n/text";
import { InviteButton } from "../call/top-bar";
import { useCall } from "../hooks/context";
import { QualityMark } from "../statistics/quality-mark";
import { Panel } from "./panel";

interface PeoplePanelProps {
  hidden: boolean;
  onClose: () => void;
  /** Shows the figures of the connection to a participant. */
  onConnection: (participant: string) => void;
}

export function PeoplePanel({ hidden, onClose, onConnection }: PeoplePanelProps) {
  const text = useText();
  const participants = useCall((state) => state.participants);
  const capacity = useCall((state) => state.capacity);
  const self = useCall((state) => state.self);
  const noMedia = useCall((state) => state.engine.kind === "none");
  return (
    <Panel
      title={text.people.title}
      aside={text.people.count(participants.length + 1, capacity)}
      hidden={hidden}
      onClose={onClose}
    >
      <ul className="people">
        <li className="person" data-testid="people-item" data-participant="self">
          <Avatar small name={self.name || text.common.you} />
          <span className="person-name">{self.name ? text.common.me(self.name) : text.common.you}</span>
          <States state={self.state} />
        </li>
        {participants.map((person) => (
          <Person
            key={person.id}
            person={person}
            noMedia={noMedia}
            onConnection={() => onConnection(person.id)}
          />
        ))}
      </ul>
      <footer className="panel-foot">
        <InviteButton className="button button-quiet panel-invite" label={text.call.copyLink} />
      </footer>
    </Panel>
  );
}

interface PersonProps {
  person: RemoteParticipant;
  noMedia: boolean;
  onConnection: () => void;
}

function Person({ person, noMedia, onConnection }: PersonProps) {
  const text = useText();
  const name = person.name || text.common.guest;
  const status = person.absent
    ? text.call.absent
    : noMedia || person.link === "connected"
      ? null
      : text.call.links[person.link];
  return (
    <li className="person" data-testid="people-item" data-participant={person.id} data-link={person.link}>
      <Avatar small name={name} />
      <span className="person-name">
        {name}
        {status && <small className={`person-status person-${person.link}`}>{status}</small>}
      </span>
      {!noMedia && <States state={person.state} />}
      {!noMedia && <QualityMark level={person.quality.level} onOpen={onConnection} />}
    </li>
  );
}

function States({ state }: { state: MediaState }) {
  const text = useText();
  const marks = [
    state.hand && { label: text.call.handUp, icon: Hand, tone: "accent" },
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
        </span>
      ))}
    </span>
  );
}
