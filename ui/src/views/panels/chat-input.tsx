import { SendHorizontal } from "lucide-react";
import {
  type FormEvent,
  type KeyboardEvent,
  type RefObject,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { isComposing, useBlurBeforeRemoval } from "../../components/composition";
import { Control } from "../../components/control";
import { useText } from "../../i18n/text";
import { LIMITS } from "../../protocol/generated";
import { useActions } from "../hooks/context";

const MAX_HEIGHT = 132;
/** From here on the length is worth a word. */
const NEAR = LIMITS.maxChatUnits;

interface ChatInputProps {
  /** Outlives this field; a ref and not a state, so that typing draws this field alone. */
  kept: RefObject<string>;
  onSent: () => void;
}

export function ChatInput({ kept, onSent }: ChatInputProps) {
  const text = useText();
  const { sendChat } = useActions();
  const [draft, setDraft] = useState(kept.current);
  const ref = useRef<HTMLTextAreaElement>(null);
  const hint = useId();
  useBlurBeforeRemoval(ref);
  const over = draft.trim().length - NEAR;

  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again for every draft.
  useLayoutEffect(() => {
    const area = ref.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(MAX_HEIGHT, area.scrollHeight)}px`;
  }, [draft]);

  // Writing goes on behind what was written.
  useLayoutEffect(() => {
    const area = ref.current;
    area?.setSelectionRange(area.value.length, area.value.length);
  }, []);

  const write = (text: string) => {
    kept.current = text;
    setDraft(text);
  };
  const send = () => {
    const message = draft.trim();
    if (message === "" || over > 0) return;
    if (!sendChat(message)) return;
    write("");
    onSent();
    ref.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="chat-form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="chat-box">
        <textarea
          ref={ref}
          data-autofocus
          rows={1}
          value={draft}
          placeholder={text.chat.placeholder}
          aria-label={text.chat.placeholder}
          aria-describedby={hint}
          aria-invalid={over > 0}
          enterKeyHint="send"
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <Control
          compact
          className="tip-right chat-send"
          type="submit"
          label={text.chat.send}
          icon={<SendHorizontal size={18} />}
          disabled={draft.trim() === "" || over > 0}
        />
      </div>
      <p id={hint} className={over > 0 ? "chat-over" : "chat-hint"} role={over > 0 ? "status" : undefined}>
        {over > 0 ? text.chat.tooLong(over) : text.chat.hint}
      </p>
    </form>
  );
}
