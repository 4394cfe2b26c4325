import { useEffect, useState } from "react";
import type { CallTransfer } from "../../call/call-transfer";
import { useTransfers } from "../hooks/maru-context";

/** The address of a small picture of what was transferred; null if there is none, or none yet. */
export function useThumbnail(transfer: CallTransfer): string | null {
  const transfers = useTransfers();
  const [url, setUrl] = useState<string | null>(null);
  const { picture, key } = transfer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the transfer is another object whenever it progresses.
  useEffect(() => {
    if (!picture || !transfers) return;
    let made: string | null = null;
    let closed = false;
    void transfers.thumbnail(transfer).then((blob) => {
      if (closed || !blob) return;
      made = URL.createObjectURL(blob);
      setUrl(made);
    });
    return () => {
      closed = true;
      if (made !== null) URL.revokeObjectURL(made);
      setUrl(null);
    };
  }, [transfers, picture, key]);
  return url;
}
