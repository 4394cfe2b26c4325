import { Dices } from "lucide-react";
import { type ClipboardEvent, type RefObject, useState } from "react";
import { Field } from "../../components/field";
import { useText } from "../../i18n/text";
import { parseRoomId, randomRoomId } from "../../protocol/room-id";
import { roomInLink } from "./room-in-link";

interface RoomFieldProps {
  input: RefObject<HTMLInputElement | null>;
  value: string;
  onChange: (value: string) => void;
  /** Join was pressed: an empty field is an error from now on. */
  submitted: boolean;
}

export function RoomField({ input, value, onChange, submitted }: RoomFieldProps) {
  const text = useText();
  // Not checked during a composition: errors would flicker with each key.
  const [composing, setComposing] = useState(false);
  const parsed = parseRoomId(value.trim());
  const problem = parsed.ok || composing || (value.trim() === "" && !submitted) ? null : parsed.problem;
  const canonical = parsed.ok && !composing && parsed.id !== value.trim() ? parsed.id : null;

  const onPaste = (event: ClipboardEvent) => {
    const room = roomInLink(event.clipboardData.getData("text"));
    if (room === null) return;
    event.preventDefault();
    onChange(room);
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
      hint={problem ? text.start.roomProblems[problem] : canonical ? text.start.canonical(canonical) : null}
      onChange={(event) => onChange(event.target.value)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
      onPaste={onPaste}
      action={
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
      }
    />
  );
}
