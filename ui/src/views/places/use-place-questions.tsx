import { type ReactNode, useCallback, useEffect, useState } from "react";
import { isSamePlace, type RoomPlace } from "../../host/room-link";
import type { CallGuard, OpenedRoom } from "../../host/types";
import { useCall, useMaru } from "../hooks/maru-context";
import { serverOf } from "../shared/server";
import { LeaveQuestion } from "./leave-question";
import { ServerQuestion } from "./server-question";

interface PlaceQuestions {
  /** The question that is open, if any. */
  question: ReactNode;
  /** Joins a room of another server. Asks first, unless a room of that server was entered before. */
  joinElsewhere: (place: RoomPlace, name: string) => void;
}

/** Asks before a call is left by Back, or for what the command line opens, and before another server is used. */
export function usePlaceQuestions(onRoom: (room: string) => void): PlaceQuestions {
  const { call, host } = useMaru();
  const phase = useCall((state) => state.phase);
  const current = useCall((state) => state.room);
  const [guard, setGuard] = useState<CallGuard | null>(null);
  const [opened, setOpened] = useState<OpenedRoom | null>(null);
  /** To join with this name once the person agrees. */
  const [elsewhere, setElsewhere] = useState<{ place: RoomPlace; name: string } | null>(null);

  useEffect(() => host.onOpened?.(setOpened), [host]);

  const inCall = phase === "joined";
  useEffect(() => {
    if (!inCall || !host.guardCall) return;
    const started = host.guardCall(() => setGuard(started));
    return () => {
      started.release();
      setGuard(null);
    };
  }, [host, inCall]);

  const { origin } = serverOf(host);
  const isHere =
    opened !== null &&
    phase !== "idle" &&
    isSamePlace(
      { server: origin, room: current ?? "" },
      { server: opened.server ?? origin, room: opened.room ?? "" },
    );
  const usesServer = opened !== null && (opened.server === null || opened.server === origin);
  useEffect(() => {
    if (opened === null) return;
    // Not a call yet, and perhaps one that never begins, because the server is not reached.
    if (phase === "joining" && !isHere) call.leave();
    if (isHere || (phase === "idle" && usesServer)) setOpened(null);
    if (phase === "idle" && usesServer && opened.room !== null) onRoom(opened.room);
  }, [opened, phase, isHere, usesServer, onRoom, call]);

  const setServer = useCallback(
    async (server: string, then: () => void) => {
      try {
        await host.setServer?.(server);
        then();
      } catch (error) {
        // The shell has checked the address before: this is a defect, and the settings are the way out.
        console.warn("server", error);
      }
    },
    [host],
  );
  const join = useCallback(
    ({ room, server }: RoomPlace, name: string) =>
      void setServer(server, () => {
        onRoom(room);
        call.join(room, name);
      }),
    [setServer, onRoom, call],
  );
  const joinElsewhere = (place: RoomPlace, name: string) => {
    const known = host.settings.get().recentRooms.some(({ server }) => server === place.server);
    if (host.visit) host.visit(place);
    else if (known) join(place, name);
    else setElsewhere({ place, name });
  };

  const close = () => setOpened(null);
  if (guard !== null && inCall) {
    const stay = () => {
      guard.stay();
      setGuard(null);
    };
    return { joinElsewhere, question: <LeaveQuestion opened={null} onLeave={call.leave} onStay={stay} /> };
  }
  if (opened !== null && inCall && !isHere) {
    return { joinElsewhere, question: <LeaveQuestion opened={opened} onLeave={call.leave} onStay={close} /> };
  }
  if (opened !== null && opened.server !== null && phase === "idle" && !usesServer) {
    const { server, room } = opened;
    const use = () =>
      void setServer(server, () => {
        if (room !== null) onRoom(room);
        close();
      });
    return {
      joinElsewhere,
      question: <ServerQuestion server={server} room={room} joins={false} onYes={use} onNo={close} />,
    };
  }
  if (elsewhere !== null && phase === "idle") {
    const { place, name } = elsewhere;
    const cancel = () => setElsewhere(null);
    const use = () => {
      cancel();
      join(place, name);
    };
    return {
      joinElsewhere,
      question: <ServerQuestion server={place.server} room={place.room} joins onYes={use} onNo={cancel} />,
    };
  }
  return { joinElsewhere, question: null };
}
