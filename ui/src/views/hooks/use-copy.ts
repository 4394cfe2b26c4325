import { useCallback, useEffect, useRef, useState } from "react";
import { useHost } from "./maru-context";

/** How long `copied` stays true, in milliseconds. */
const SHOWN_MS = 2500;

export interface Copying {
  /** True for a moment after a successful copy. */
  copied: boolean;
  /** The text that could not be copied, until `forget` or the next copy. */
  refused: string | null;
  copy: (text: string) => void;
  forget: () => void;
}

/** Copies text to the clipboard, with the result for the interface to show. */
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
