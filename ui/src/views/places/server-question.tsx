import { useText } from "../../i18n/text";
import { isLoopback } from "../shared/server";
import { Question } from "./question";

interface ServerQuestionProps {
  /** Origin. */
  server: string;
  room: string | null;
  /** The person joins with the answer; otherwise the room is filled in only. */
  joins: boolean;
  onYes: () => void;
  onNo: () => void;
}

/** Whether to use another server from now on, and what that means. */
export function ServerQuestion({ server, room, joins, onYes, onNo }: ServerQuestionProps) {
  const text = useText();
  const { protocol, host, hostname } = new URL(server);
  return (
    <Question
      title={text.places.server.title(host)}
      yes={joins ? text.places.server.useAndJoin : text.places.server.use}
      look="primary"
      no={text.common.cancel}
      onYes={onYes}
      onNo={onNo}
    >
      <p>{room === null ? text.places.server.bodyWithoutRoom : text.places.server.body(room)}</p>
      <p>{text.places.server.sees}</p>
      {/* Of this computer: nobody is on the way. */}
      {protocol === "http:" && !isLoopback(hostname) && <p>{text.places.server.insecure}</p>}
    </Question>
  );
}
