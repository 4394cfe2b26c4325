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
import { useActions } from "../hooks/maru-context";

/** In CSS pixels; longer text scrolls. */
const MAX_HEIGHT = 132;

interface ChatInputProps {
  /** The unsent text, which outlives this field. A ref, so that typing re-renders nothing but this field. */
  savedDraft: RefObject<string>;
  onSent: () => void;
}

export function ChatInput({ savedDraft, onSent }: ChatInputProps) {
  const text = useText();
  const { sendChat } = useActions();
  const [draft, setDraft] = useState(savedDraft.current);
  const ref = useRef<HTMLTextAreaElement>(null);
  const hint = useId();
  useBlurBeforeRemoval(ref);
  const over = draft.trim().length - LIMITS.maxChatUnits;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is measured again for every draft.
  useLayoutEffect(() => {
    const area = ref.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(MAX_HEIGHT, area.scrollHeight)}px`;
  }, [draft]);

  // The caret goes to the end of a restored draft.
  useLayoutEffect(() => {
    const area = ref.current;
    area?.setSelectionRange(area.value.length, area.value.length);
  }, []);

  const update = (text: string) => {
    savedDraft.current = text;
    setDraft(text);
  };
  const send = () => {
    const message = draft.trim();
    if (message === "" || over > 0) return;
    if (!sendChat(message)) return;
    update("");
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
          dir="auto"
          value={draft}
          placeholder={text.chat.placeholder}
          aria-label={text.chat.placeholder}
          aria-describedby={hint}
          aria-invalid={over > 0}
          enterKeyHint="send"
          onChange={(event) => update(event.target.value)}
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
