import { RotateCw } from "lucide-react";
import { canSendAgain } from "../../call/chat";
import type { ChatMessage } from "../../call/types";
import { shownName } from "../../i18n/shown-name";
import { useText } from "../../i18n/text";
import { useActions, useCall } from "../hooks/maru-context";

/** Whom an own message did not reach, and a button while one of them is here. */
export function Undelivered({ message }: { message: ChatMessage }) {
  const text = useText();
  const { sendChatAgain } = useActions();
  const again = useCall((state) => canSendAgain(message, state.participants));
  const names = message.undelivered.map(({ name }) => shownName(name, text));
  return (
    <div className="message-undelivered">
      <small>{message.alone ? text.chat.alone : text.chat.undelivered(names)}</small>
      {again && (
        <button
          type="button"
          className="message-again"
          aria-label={`${text.chat.sendAgain}: ${[...message.text].slice(0, 60).join("")}`}
          onClick={() => sendChatAgain(message.key)}
        >
          <RotateCw size={13} aria-hidden="true" />
          {text.chat.sendAgain}
        </button>
      )}
    </div>
  );
}
