import { Dices } from "lucide-react";
import { type ClipboardEvent, type RefObject, useState } from "react";
import { Field } from "../../components/field";
import { linkOfPlace } from "../../host/room-link";
import { useText } from "../../i18n/text";
import { randomRoomId } from "../../protocol/room-id";
import { placeInText, type TypedRoom } from "./typed-room";

interface RoomFieldProps {
  input: RefObject<HTMLInputElement | null>;
  value: string;
  /** Origin of the server in use. */
  server: string;
  /** What `value` means. */
  typed: TypedRoom;
  onChange: (value: string) => void;
  /** Join was pressed: an empty field is an error from now on. */
  submitted: boolean;
  /** The room is that of a link: a button for another would lead away from the people there. */
  invited: boolean;
}

export function RoomField({ input, value, server, typed, onChange, submitted, invited }: RoomFieldProps) {
  const text = useText();
  // Not checked during a composition: errors would flicker with each key.
  const [composing, setComposing] = useState(false);
  const quiet = composing || (value.trim() === "" && !submitted);
  const problem = typed.kind === "problem" && !quiet ? typed.problem : null;

  /** A pasted invitation replaces the field: by its room, or by the whole link if it is of another server. */
  const onPaste = (event: ClipboardEvent) => {
    const place = placeInText(event.clipboardData.getData("text"));
    if (place === null) return;
    event.preventDefault();
    onChange(place.server === server ? place.room : linkOfPlace(place));
  };
  const hint = () => {
    if (problem) return text.start.roomProblems[problem];
    if (composing || typed.kind === "problem") return null;
    const { place } = typed;
    if (place.server !== server) return text.start.otherServer(place.room, new URL(place.server).host);
    return place.room === value.trim() ? null : text.start.canonical(place.room);
  };

  return (
    <Field
      ref={input}
      label={text.start.room}
      data-testid="room-input"
      name="room"
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      enterKeyHint="go"
      placeholder={text.start.roomPlaceholder}
      value={value}
      invalid={problem !== null}
      hint={hint()}
      onChange={(event) => onChange(event.target.value)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
      onPaste={onPaste}
      action={
        invited ? null : (
          <button
            type="button"
            className="room-new tip tip-right"
            aria-label={text.start.newRoomHint}
            data-tip={text.start.newRoomHint}
            onClick={() => {
              onChange(randomRoomId());
              input.current?.focus();
            }}
          >
            <Dices size={16} aria-hidden="true" />
            {text.start.newRoom}
          </button>
        )
      }
    />
  );
}
