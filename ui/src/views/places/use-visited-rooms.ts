import { useEffect, useState } from "react";
import type { RoomPlace } from "../../host/room-link";
import { useCall, useHost } from "../hooks/maru-context";
import { serverOf } from "../shared/server";
import { addRecent } from "./recent";

/** Remembers each room that is entered. Returns the one that was left last, since this page was loaded. */
export function useVisitedRooms(): RoomPlace | null {
  const host = useHost();
  const joined = useCall((state) => (state.phase === "joined" ? state.room : null));
  const [left, setLeft] = useState<RoomPlace | null>(null);
  useEffect(() => {
    if (joined === null) return;
    const place = { server: serverOf(host).origin, room: joined };
    host.settings.set({ recentRooms: addRecent(host.settings.get().recentRooms, place) });
    return () => setLeft(place);
  }, [host, joined]);
  return left;
}
