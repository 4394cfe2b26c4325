import { MessageCircle } from "lucide-react";
import { memo, useMemo } from "react";
import { type ConversationItem, mergeLines } from "../../call/transfer-lines";
import type { ChatMessage } from "../../call/types";
import { timeOfDay } from "../../i18n/format";
import { shownName } from "../../i18n/shown-name";
import { useLanguage, useText } from "../../i18n/text";
import { useCall, useHost, useMaru, useTransfersState } from "../hooks/maru-context";
import { useFollowNewest } from "../hooks/use-follow-newest";
import { linkify } from "../shared/linkify";
import { chatDraft } from "./chat-drafts";
import { ChatInput } from "./chat-input";
import { Panel } from "./panel";
import { TransferMessage } from "./transfer-message";
import { Undelivered } from "./undelivered";
import "./chat.css";

/** Consecutive messages of one sender within this time share one heading. Milliseconds. */
const GROUP_MS = 3 * 60_000;

interface ChatPanelProps {
  hidden: boolean;
  onClose: () => void;
}

export function ChatPanel({ hidden, onClose }: ChatPanelProps) {
  const text = useText();
  const { call } = useMaru();
  const room = useCall((state) => state.room ?? "");
  const chat = useCall((state) => state.chat);
  const alone = useCall((state) => state.participants.length === 0);
  const lines = useTransfersState((state) => state.lines);
  const items = useMemo(() => mergeLines(chat, lines), [chat, lines]);
  const { ref, onScroll, onGrown, missed, toNewest } = useFollowNewest(chat, lines);
  return (
    <Panel title={text.chat.title} hidden={hidden} onClose={onClose}>
      <div className="chat-area">
        <div
          ref={ref}
          className="chat-log"
          role="log"
          aria-label={text.chat.log}
          // Messages are announced wherever the person is; a live region here would have them read twice.
          aria-live="off"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard.
          tabIndex={0}
          onScroll={onScroll}
          onLoadCapture={onGrown}
        >
          {items.length === 0 ? (
            <div className="chat-empty">
              <MessageCircle size={28} aria-hidden="true" />
              <b>{text.chat.empty}</b>
              <p>{alone ? text.chat.emptyAlone : text.chat.emptyHelp}</p>
            </div>
          ) : (
            items.map((item, index) =>
              item.type === "message" ? (
                <Message
                  key={item.message.key}
                  message={item.message}
                  continued={isContinued(items[index - 1], item.message)}
                />
              ) : (
                <TransferMessage key={item.line.key} line={item.line} />
              ),
            )
          )}
        </div>
        {missed > 0 && (
          <button type="button" className="chat-missed" onClick={toNewest}>
            {text.chat.newMessages(missed)}
          </button>
        )}
      </div>
      <ChatInput savedDraft={chatDraft(call, room)} onSent={toNewest} />
    </Panel>
  );
}

function isContinued(previous: ConversationItem | undefined, { from, at }: ChatMessage): boolean {
  if (previous?.type !== "message") return false;
  return previous.message.from === from && at - previous.message.at < GROUP_MS;
}

/** Memoised, so that a new message does not re-render the whole history. */
const Message = memo(function Message({ message, continued }: { message: ChatMessage; continued: boolean }) {
  const text = useText();
  const language = useLanguage();
  const host = useHost();
  const own = message.from === "self";
  return (
    <article
      className={`message ${own ? "message-own" : ""} ${continued ? "message-continued" : ""}`}
      data-testid="chat-message"
    >
      <header className={continued ? "hidden-text" : ""}>
        <b>{own ? text.common.you : shownName(message.name, text)}</b>
        <time dateTime={new Date(message.at).toISOString()}>{timeOfDay(language, message.at)}</time>
      </header>
      <p dir="auto">
        {linkify(message.text).map((piece, index) =>
          piece.kind === "text" ? (
            piece.text
          ) : (
            <a
              // biome-ignore lint/suspicious/noArrayIndexKey: a message never changes, and its pieces have no other key.
              key={index}
              href={piece.url}
              target="_blank"
              rel="noopener noreferrer nofollow"
              onClick={(event) => {
                event.preventDefault();
                void host.openExternal(piece.url).catch(() => undefined);
              }}
            >
              {piece.text}
            </a>
          ),
        )}
      </p>
      {(message.alone || message.undelivered.length > 0) && <Undelivered message={message} />}
    </article>
  );
});
