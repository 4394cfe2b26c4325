import { useEffect, useRef, useState } from "react";
import { createSounds, durationOf, TEST } from "../../components/sounds";
import { useCall, useMaru } from "./maru-context";
import { pageSpeaker } from "./page-speaker";

export interface TestSound {
  play(): void;
  playing: boolean;
  /** It was played at least once. */
  played: boolean;
}

/**
 * A sound on the selected loudspeaker, on which the others will be heard. Null where the page cannot play it there: a
 * device selected in the shell, or no Web Audio.
 */
export function useTestSound(): TestSound | null {
  const { call } = useMaru();
  const elsewhere = useCall(({ engine, self }) => engine.kind === "native" && self.speakerId !== null);
  const calls = useCall((state) => state.engine.capabilities.calls);
  const [playing, setPlaying] = useState(false);
  const [played, setPlayed] = useState(false);
  const sounds = useRef<ReturnType<typeof createSounds> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      sounds.current?.close();
      sounds.current = null;
    },
    [],
  );
  if (elsewhere || !calls || typeof AudioContext === "undefined") return null;
  return {
    playing,
    played,
    play() {
      sounds.current ??= createSounds(() => pageSpeaker(call.getState()));
      sounds.current.play(TEST);
      setPlaying(true);
      setPlayed(true);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setPlaying(false), durationOf(TEST));
    },
  };
}
