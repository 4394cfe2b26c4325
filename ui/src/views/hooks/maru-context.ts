import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import type { Transfers, TransfersState } from "../../call/transfers";
import type { CallActions, CallState, CallStore } from "../../call/types";
import type { Host, Settings } from "../../host/types";

export interface Maru {
  call: CallStore;
  host: Host;
  /** Null where the host has no file transfers. */
  transfers: Transfers | null;
}

export const MaruContext = createContext<Maru | null>(null);

export function useMaru(): Maru {
  const maru = useContext(MaruContext);
  if (!maru) throw new Error("outside of MaruContext");
  return maru;
}

/**
 * Part of the call's state; re-renders only when that part changes. `select` must return the same reference for the
 * same state: it may pick a value, but not build a new object.
 */
export function useCall<T>(select: (state: CallState) => T): T {
  const { call } = useMaru();
  return useSyncExternalStore(
    useCallback((listener) => call.subscribe(listener), [call]),
    () => select(call.getState()),
  );
}

/** The same functions at every render; they can be destructured. */
export function useActions(): CallActions {
  return useMaru().call;
}

/** Null where there are no file transfers. */
export function useTransfers(): Transfers | null {
  return useMaru().transfers;
}

const NO_TRANSFERS: TransfersState = { transfers: [], lines: [], autoAccept: [], failure: null };
const NEVER = () => () => undefined;

/** Part of the state of the file transfers; as `useCall`. */
export function useTransfersState<T>(select: (state: TransfersState) => T): T {
  const transfers = useTransfers();
  return useSyncExternalStore(transfers?.subscribe ?? NEVER, () =>
    select(transfers?.getState() ?? NO_TRANSFERS),
  );
}

export function useHost(): Host {
  return useMaru().host;
}

export function useSettings(): Settings {
  const { settings } = useHost();
  return useSyncExternalStore(
    useCallback((listener) => settings.subscribe(listener), [settings]),
    () => settings.get(),
  );
}
