import { useCallback, useLayoutEffect, useRef, useState } from "react";
import type { ChatMessage } from "../../call/types";

/** Within this distance of the end, the log counts as scrolled to the end. CSS pixels. */
const NEAR_BOTTOM = 48;

/**
 * Keeps the newest message in view while the log is scrolled to the end. Otherwise the scroll position stays, and
 * `missed` counts the new messages. `others`: changes with whatever else is in the log.
 */
export function useFollowNewest(chat: readonly ChatMessage[], others: unknown) {
  const ref = useRef<HTMLDivElement>(null);
  const atBottom = useRef(true);
  const lastSeen = useRef<string | null>(null);
  const [missed, setMissed] = useState(0);

  const toNewest = useCallback(() => {
    const log = ref.current;
    if (!log) return;
    atBottom.current = true;
    log.scrollTop = log.scrollHeight;
    setMissed(0);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what changed besides is followed as well.
  useLayoutEffect(() => {
    const newest = chat.at(-1)?.key ?? null;
    if (atBottom.current) {
      toNewest();
      lastSeen.current = newest;
    } else {
      // -1 if the last seen message was dropped from the bounded history: then all are new.
      const seen = chat.findIndex((message) => message.key === lastSeen.current);
      setMissed(chat.length - 1 - seen);
    }
  }, [chat, others, toNewest]);

  const onScroll = useCallback(() => {
    const log = ref.current;
    if (!log) return;
    atBottom.current = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM;
    if (atBottom.current) {
      lastSeen.current = chat.at(-1)?.key ?? null;
      setMissed(0);
    }
  }, [chat]);

  /** Something in the log has become higher, such as a picture that is loaded. */
  const onGrown = useCallback(() => {
    if (atBottom.current) toNewest();
  }, [toNewest]);

  return { ref, onScroll, onGrown, missed, toNewest };
}
