import { useSyncExternalStore } from "react";
import { isNetworkDown } from "../../call/network-down";
import { useCall } from "./maru-context";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

/** Whether our own network is down. */
export function useNetworkDown(): boolean {
  const onLine = useSyncExternalStore(subscribe, () => navigator.onLine);
  return useCall((state) => isNetworkDown(state, onLine));
}
