import { MicOff, VideoOff } from "lucide-react";
import { useAnnounced } from "../../components/announcer";
import { Button } from "../../components/button";
import { useText } from "../../i18n/text";
import { useActions, useCall } from "../hooks/maru-context";

/** Explains why a device that is on sends nothing, in a frame of the given class. */
export function Interrupted({ source, className }: { source: "microphone" | "camera"; className: string }) {
  const text = useText();
  const interrupted = useCall(({ self }) => self[source].status === "interrupted");
  const { setMicrophone, setCamera } = useActions();
  useAnnounced(interrupted ? text.call.interrupted[source] : null);
  if (!interrupted) return null;
  const Icon = source === "microphone" ? MicOff : VideoOff;
  const turnOn = source === "microphone" ? setMicrophone : setCamera;
  return (
    <div className={className} data-testid="notice">
      <Icon size={17} aria-hidden="true" />
      <div>{text.call.interrupted[source]}</div>
      <Button small onClick={() => turnOn(true)}>
        {text.call.reopen}
      </Button>
    </div>
  );
}
