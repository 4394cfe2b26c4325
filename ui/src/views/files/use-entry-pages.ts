import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import type { CallTransfer } from "../../call/call-transfer";
import { EntryPages, findFailed } from "../../call/entry-pages";
import type { TransferEntry } from "../../host/files";
import { useTransfers } from "../hooks/maru-context";

/** Entries on the screen are asked for again this often while they change, in milliseconds. */
const REFRESH_MS = 1000;

/** All entries of a transfer, loaded as they are shown. */
export function useEntryPages({ id, direction, files, folders, state }: CallTransfer) {
  const transfers = useTransfers();
  const [, changed] = useReducer((version: number) => version + 1, 0);
  const shown = useRef<[number, number]>([0, 0]);
  const count = files + folders;
  const pages = useMemo(
    () =>
      new EntryPages(
        count,
        async (first, size) => (await transfers?.entries({ id, direction }, first, size)) ?? [],
        changed,
      ),
    [transfers, id, direction, count],
  );
  useEffect(() => {
    pages.show(...shown.current);
    return () => pages.close();
  }, [pages]);
  const changing = state === "active";
  useEffect(() => {
    // Also once when it stops changing: the last state is the one that stays.
    pages.show(...shown.current, true);
    if (!changing) return;
    const timer = setInterval(() => pages.show(...shown.current, true), REFRESH_MS);
    return () => clearInterval(timer);
  }, [pages, changing]);
  const onShow = useCallback(
    (first: number, last: number) => {
      shown.current = [first, last];
      pages.show(first, last);
    },
    [pages],
  );
  const get = (entry: number): TransferEntry | undefined => pages.get(entry);
  return { count, get, unavailable: pages.unavailable, onShow };
}

/** The failed entries of a transfer, looked for from its beginning. Null: the host cannot list them now. */
export function useFailedEntries({
  id,
  direction,
  files,
  folders,
  filesFailed,
}: CallTransfer): readonly TransferEntry[] | null {
  const transfers = useTransfers();
  const [failed, setFailed] = useState<readonly TransferEntry[] | null>([]);
  useEffect(() => {
    const search = new AbortController();
    const load = async (first: number, size: number) =>
      (await transfers?.entries({ id, direction }, first, size)) ?? [];
    findFailed(files + folders, filesFailed, load, setFailed, search.signal)
      .then((listed) => {
        // What was found before that stays.
        if (!listed) setFailed((found) => (found?.length ? found : null));
      })
      .catch(() => undefined);
    return () => search.abort();
  }, [transfers, id, direction, files, folders, filesFailed]);
  return failed;
}
