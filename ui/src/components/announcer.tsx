import { useCallback, useRef, useState } from "react";

const KEPT = 4;

export interface Said {
  key: number;
  text: string;
}

/**
 * Speaks to screen readers. Sentences are kept as a short list rather than replaced, so that two at once
 * are both read.
 */
export function useAnnouncer(): [readonly Said[], (text: string) => void] {
  const [said, setSaid] = useState<readonly Said[]>([]);
  const next = useRef(0);
  const say = useCallback((text: string) => {
    next.current += 1;
    const key = next.current;
    setSaid((old) => [...old.slice(-(KEPT - 1)), { key, text }]);
  }, []);
  return [said, say];
}

export function Announcer({ said }: { said: readonly Said[] }) {
  return (
    <div className="hidden-text" role="log" aria-live="polite">
      {said.map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </div>
  );
}
