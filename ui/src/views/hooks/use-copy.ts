import { useCallback, useEffect, useRef, useState } from "react";
import { useHost } from "./context";

const SHOWN_MS = 2500;

/** Copies text, and is `copied` for a moment after. A refused clipboard leaves it false. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const host = useHost();
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = useCallback(
    (text: string) => {
      host.copyText(text).then(
        () => {
          setCopied(true);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setCopied(false), SHOWN_MS);
        },
        () => setCopied(false),
      );
    },
    [host],
  );
  return { copied, copy };
}
