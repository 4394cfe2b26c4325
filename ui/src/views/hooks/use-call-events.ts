import { useEffect, useRef } from "react";
import type { CallEvent } from "../../call/types";
import { useAnnounce } from "../../components/announcer";
import { createSounds, JOIN, LEAVE } from "../../components/sounds";
import { shownName } from "../../i18n/shown-name";
import { type Text, useText } from "../../i18n/text";
import { useMaru } from "./maru-context";
import { pageSpeaker } from "./page-speaker";

/** Plays sounds and makes screen reader announcements for events of the call. */
export function useCallEvents(): void {
  const text = useText();
  const { call, host } = useMaru();
  const announce = useAnnounce();
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  }, [text]);

  useEffect(() => {
    const sounds = createSounds(() => pageSpeaker(call.getState()));
    const stop = call.onEvent((event) => {
      const room = call.getState().room ?? "";
      announce(sentenceOf(latest.current, event, room));
      if (!host.settings.get().sounds) return;
      if (event.type === "joined" || event.type === "participant-joined") sounds.play(JOIN);
      if (event.type === "left" || event.type === "participant-left") sounds.play(LEAVE);
    });
    return () => {
      stop();
      sounds.close();
    };
  }, [call, host, announce]);
}

function sentenceOf(text: Text, event: CallEvent, room: string): string {
  const nameOf = ({ name }: { name: string }) => shownName(name, text);
  switch (event.type) {
    case "joined":
      return text.announcements.joined(room);
    case "left":
      return text.announcements.left;
    case "participant-joined":
      return text.announcements.participantJoined(nameOf(event));
    case "participant-left":
      return event.lost
        ? text.announcements.participantLost(nameOf(event))
        : text.announcements.participantLeft(nameOf(event));
    case "chat":
      return text.announcements.chat(nameOf(event), event.text);
    case "hand":
      return text.announcements.hand(nameOf(event));
    case "muted-speaking":
      return text.call.muteHint;
  }
}
