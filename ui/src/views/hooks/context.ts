import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import type { CallActions, CallState, CallStore } from "../../call/types";
import type { Host, Settings } from "../../host/types";

export interface Maru {
  call: CallStore;
  host: Host;
}

export const MaruContext = createContext<Maru | null>(null);

export function useMaru(): Maru {
  const maru = useContext(MaruContext);
  if (!maru) throw new Error("outside of MaruContext");
  return maru;
}

/**
 * One part of the call's state; renders again only when that part is another value. `select` must give
 * the same reference for the same state: pick from it, do not build from it.
 */
export function useCall<T>(select: (state: CallState) => T): T {
  const { call } = useMaru();
  return useSyncExternalStore(
    useCallback((listener) => call.subscribe(listener), [call]),
    () => select(call.getState()),
  );
}

const bound = new WeakMap<CallStore, CallActions>();

/** The call's actions, safe to take apart (`const { join } = useActions()`), the same object every time. */
export function useActions(): CallActions {
  const { call } = useMaru();
  let actions = bound.get(call);
  if (!actions) {
    actions = {
      join: (room, name) => call.join(room, name),
      leave: () => call.leave(),
      setMicrophone: (on) => call.setMicrophone(on),
      setCamera: (on) => call.setCamera(on),
      setScreen: (on) => call.setScreen(on),
      setScreenContent: (content) => call.setScreenContent(content),
      selectDevice: (kind, id) => call.selectDevice(kind, id),
      setHand: (up) => call.setHand(up),
      react: (reaction) => call.react(reaction),
      sendChat: (text) => call.sendChat(text),
      setChatVisible: (visible) => call.setChatVisible(visible),
      dismissNotice: (key) => call.dismissNotice(key),
      unblockPlayback: () => call.unblockPlayback(),
      retryLink: (participant) => call.retryLink(participant),
      stats: (participant) => call.stats(participant),
    };
    bound.set(call, actions);
  }
  return actions;
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
