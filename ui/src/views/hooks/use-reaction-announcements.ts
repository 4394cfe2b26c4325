import { useEffect, useRef } from "react";
import type { Reaction } from "../../call/types";
import { useAnnounce } from "../../components/announcer";
import { shownName } from "../../i18n/shown-name";
import { type Text, useText } from "../../i18n/text";
import { useCall, useMaru } from "./maru-context";

/** Reactions of others within this time are one announcement. Milliseconds. */
const WINDOW_MS = 2_500;

/** Announces reactions, several at once: each by itself would interrupt everything else that is read. */
export function useReactionAnnouncements(): void {
  const text = useText();
  const { call } = useMaru();
  const announce = useAnnounce();
  const reactions = useCall((state) => state.reactions);
  const announced = useRef<ReadonlySet<string>>(new Set());
  const waiting = useRef<Reaction[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);

  useEffect(() => {
    const added = reactions.filter(({ key, from }) => from !== "self" && !announced.current.has(key));
    announced.current = new Set(reactions.map(({ key }) => key));
    if (added.length === 0) return;
    waiting.current.push(...added);
    timer.current ??= setTimeout(() => {
      const names = new Map(call.getState().participants.map(({ key, name }) => [key, name]));
      announce(sentenceOf(latest.current, waiting.current, names));
      waiting.current = [];
      timer.current = undefined;
    }, WINDOW_MS);
  }, [call, reactions, announce]);
}

/** Each reaction with everyone who sent it, once. */
function sentenceOf(text: Text, reactions: readonly Reaction[], names: ReadonlyMap<string, string>): string {
  const senders = new Map<Reaction["reaction"], Set<string>>();
  for (const { from, reaction } of reactions) {
    const known = senders.get(reaction) ?? new Set();
    senders.set(reaction, known.add(shownName(names.get(from) ?? "", text)));
  }
  return [...senders]
    .map(([reaction, from]) => text.announcements.reaction([...from], text.reactions[reaction]))
    .join(". ");
}
