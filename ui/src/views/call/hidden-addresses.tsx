import { Mic } from "lucide-react";
import { isOnOrOpening } from "../../call/types";
import { useAnnounced } from "../../components/announcer";
import { Button } from "../../components/button";
import { useText } from "../../i18n/text";
import { useActions, useCall } from "../hooks/maru-context";

interface HiddenAddressesProps {
  /** Of the other person. */
  name: string;
  small: boolean;
}

/** Why two people without devices are not connected on a network without multicast, and what connects them. */
export function HiddenAddresses({ name, small }: HiddenAddressesProps) {
  const text = useText();
  const { setMicrophone } = useActions();
  const canOpen = useCall((state) => state.engine.capabilities.microphone);
  const isOpen = useCall((state) => isOnOrOpening(state.self.microphone));
  const { title } = text.call.hiddenAddresses;
  const help = canOpen ? text.call.hiddenAddresses.help(name) : text.call.hiddenAddresses.helpThere(name);
  useAnnounced(`${title}. ${help}`);
  return (
    <div className="tile-failed">
      <strong>{title}</strong>
      {!small && <p>{help}</p>}
      {canOpen && !isOpen && (
        <div className="tile-failed-actions">
          <Button small icon={<Mic size={15} aria-hidden="true" />} onClick={() => setMicrophone(true)}>
            {text.call.hiddenAddresses.turnOn}
          </Button>
        </div>
      )}
    </div>
  );
}
