import { Volume2 } from "lucide-react";
import { Button } from "../../components/button";
import { useText } from "../../i18n/text";
import { useTestSound } from "../hooks/use-test-sound";

/** Plays a sound on the selected loudspeaker, and asks whether it was heard. */
export function TestSoundControl() {
  const text = useText();
  const sound = useTestSound();
  if (!sound) return null;
  return (
    <div className="test-sound">
      <Button
        small
        icon={<Volume2 size={15} className={sound.playing ? "test-sound-playing" : ""} aria-hidden="true" />}
        onClick={sound.play}
      >
        {text.menu.testSound}
      </Button>
      <p role="status">{sound.played && text.menu.testSoundHelp}</p>
    </div>
  );
}
