import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";
import "./announcer.css";

/** Announcements kept in the live region; older ones are removed. */
const MAX_ANNOUNCEMENTS = 4;

export interface Announcement {
  key: number;
  text: string;
}

/**
 * Announcements for screen readers. The live region contains the last few rather than the last one, so that two in
 * short succession are both read.
 */
export function useAnnouncer(): [readonly Announcement[], (text: string) => void] {
  const [announcements, setAnnouncements] = useState<readonly Announcement[]>([]);
  const next = useRef(0);
  const announce = useCallback((text: string) => {
    next.current += 1;
    const key = next.current;
    setAnnouncements((old) => [...old.slice(-(MAX_ANNOUNCEMENTS - 1)), { key, text }]);
  }, []);
  return [announcements, announce];
}

/** Makes an announcement in the live region of the page. Without one, nothing. */
export const AnnounceContext = createContext<(text: string) => void>(() => undefined);

export function useAnnounce(): (text: string) => void {
  return useContext(AnnounceContext);
}

/**
 * Announces `text` when it appears and when it changes. For what is shown for a while: a live region that is inserted
 * together with its text, or changed within one that was hidden, is often not read.
 */
export function useAnnounced(text: string | null): void {
  const announce = useAnnounce();
  useEffect(() => {
    if (text) announce(text);
  }, [announce, text]);
}

export function Announcer({ announcements }: { announcements: readonly Announcement[] }) {
  return (
    <div className="hidden-text announcer" role="log" aria-live="polite">
      {announcements.map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </div>
  );
}
