import { useCallback, useEffect, useRef, useState } from "react";
import { useHost } from "./context";

const SHOWN_MS = 2500;

export interface Copying {
  /** For a moment after it was done. */
  copied: boolean;
  /** What the clipboard did not take, until told to forget or to copy again. */
  refused: string | null;
  copy: (text: string) => void;
  forget: () => void;
}

/** Copies text, and says for a moment how that went. */
export function useCopy(): Copying {
  const host = useHost();
  const [copied, setCopied] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = useCallback(
    (text: string) => {
      setRefused(null);
      host.copyText(text).then(
        () => {
          setCopied(true);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setCopied(false), SHOWN_MS);
        },
        () => {
          setCopied(false);
          setRefused(text);
        },
      );
    },
    [host],
  );
  const forget = useCallback(() => setRefused(null), []);
  return { copied, refused, copy, forget };
}
