import { type ReactNode, useEffect } from "react";
import { AnnounceContext, Announcer, useAnnounce, useAnnouncer } from "../components/announcer";
import { shownName } from "../i18n/shown-name";
import { useText } from "../i18n/text";
import { useCall } from "./hooks/maru-context";
import { useCallEvents } from "./hooks/use-call-events";
import { useReactionAnnouncements } from "./hooks/use-reaction-announcements";

/** The live region of the page, which outlives its screens; `useAnnounce` below it adds to it. */
export function Announcements({ children }: { children: ReactNode }) {
  const [announcements, announce] = useAnnouncer();
  return (
    <AnnounceContext value={announce}>
      <CallAnnouncements />
      {children}
      <Announcer announcements={announcements} />
    </AnnounceContext>
  );
}

function CallAnnouncements() {
  useCallEvents();
  useReactionAnnouncements();
  useUndeliveredAnnouncements();
  return null;
}

/** The log of messages is not a live region, so that none is read twice. */
function useUndeliveredAnnouncements(): void {
  const text = useText();
  const announce = useAnnounce();
  const newest = useCall((state) => state.chat.at(-1));
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message, not for each language.
  useEffect(() => {
    if (newest?.from !== "self") return;
    const names = newest.undelivered.map(({ name }) => shownName(name, text));
    if (newest.alone) announce(text.chat.alone);
    else if (names.length > 0) announce(text.chat.undelivered(names));
  }, [newest, announce]);
}
