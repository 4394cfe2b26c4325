import { MicOff } from "lucide-react";
import { useState } from "react";
import { useAnnounced } from "../../components/announcer";
import { Button } from "../../components/button";
import { CloseButton } from "../../components/close-button";
import { useText } from "../../i18n/text";
import { useActions, useCall } from "../hooks/maru-context";
import "./microphone-hint.css";

/**
 * For somebody who is in a call with others and has not turned on the microphone, as happens when one does not know that
 * it starts off. Once: whoever had it on, or dismissed the hint, knows.
 */
export function MicrophoneHint() {
  const text = useText();
  const { status, track } = useCall((state) => state.self.microphone);
  const offered = useCall((state) => state.engine.capabilities.microphone);
  const alone = useCall((state) => state.participants.length === 0);
  const { setMicrophone } = useActions();
  const [known, setKnown] = useState(false);
  // A muted microphone stays open.
  if (!known && (status !== "off" || track !== null)) setKnown(true);
  const shown = !known && !alone && offered;
  useAnnounced(shown ? text.call.microphoneOff : null);
  if (!shown) return null;
  return (
    <div className="banner microphone-hint">
      <MicOff size={17} aria-hidden="true" />
      <div>{text.call.microphoneOff}</div>
      <Button small look="primary" onClick={() => setMicrophone(true)}>
        {text.start.turnOnMicrophone}
      </Button>
      <CloseButton label={text.common.dismiss} size={16} onClick={() => setKnown(true)} />
    </div>
  );
}
