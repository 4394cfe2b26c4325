import { type ReactNode, useEffect, useRef } from "react";
import type { CallEvent } from "../../call/types";
import { Announcer, useAnnouncer } from "../../components/announcer";
import { createSounds, JOIN, LEAVE } from "../../components/sounds";
import { type Text, useText } from "../../i18n/text";
import { useCall, useMaru } from "./context";

/** Sounds and spoken announcements of what happens in the call. Returns the live region. */
export function useCallEvents(): ReactNode {
  const text = useText();
  const { call, host } = useMaru();
  const [said, say] = useAnnouncer();
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  }, [text]);

  useEffect(() => {
    const sounds = createSounds();
    const stop = call.onEvent((event) => {
      const room = call.getState().room ?? "";
      const sentence = sentenceOf(latest.current, event, room);
      if (sentence !== null) say(sentence);
      if (!host.settings.get().sounds) return;
      if (event.type === "joined" || event.type === "participant-joined") sounds.play(JOIN);
      if (event.type === "left" || event.type === "participant-left") sounds.play(LEAVE);
    });
    return () => {
      stop();
      sounds.close();
    };
  }, [call, host, say]);

  const reactions = useCall((state) => state.reactions);
  const heard = useRef(new Set<string>());
  useEffect(() => {
    const fresh = reactions.filter(({ key }) => !heard.current.has(key));
    heard.current = new Set(reactions.map(({ key }) => key));
    for (const { from, reaction } of fresh) {
      const { participants } = call.getState();
      const name = participants.find(({ id }) => id === from)?.name || latest.current.common.guest;
      if (from !== "self") say(latest.current.said.reaction(name, latest.current.reactions[reaction]));
    }
  }, [call, reactions, say]);

  return <Announcer said={said} />;
}

function sentenceOf({ said, common, call }: Text, event: CallEvent, room: string): string | null {
  switch (event.type) {
    case "joined":
      return said.joined(room);
    case "left":
      return said.left;
    case "participant-joined":
      return said.participantJoined(event.name || common.guest);
    case "participant-left":
      return event.lost
        ? said.participantLost(event.name || common.guest)
        : said.participantLeft(event.name || common.guest);
    case "chat":
      return said.chat(event.name || common.guest, event.text);
    case "hand":
      return said.hand(event.name || common.guest);
    case "muted-speaking":
      return call.muteHint;
  }
}
