import { useEffect } from "react";
import { useCall, useHost } from "./maru-context";

/** What a call does to its window: the title has the room and the unread messages, and the screen stays on. */
export function useCallWindow(): void {
  const host = useHost();
  const joined = useCall(({ phase, room }) => (phase === "joined" ? room : null));
  const unread = useCall((state) => (state.phase === "joined" ? state.unread : 0));
  useEffect(() => {
    document.title = windowTitle(joined, unread);
  }, [joined, unread]);
  const inCall = joined !== null;
  useEffect(() => {
    if (!inCall) return;
    host.keepScreenOn(true);
    return () => host.keepScreenOn(false);
  }, [host, inCall]);
}

/** `room` is null outside of a call. The count is first, because tabs and lists of windows show the beginning. */
export function windowTitle(room: string | null, unread: number): string {
  if (room === null) return "Maru";
  return `${unread > 0 ? `(${unread}) ` : ""}${room} · Maru`;
}
