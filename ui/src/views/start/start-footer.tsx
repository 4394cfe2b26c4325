import { useText } from "../../i18n/text";
import { useCall, useHost, useSettings } from "../hooks/maru-context";
import { serverOf } from "../shared/server";

export function StartFooter() {
  const text = useText();
  const host = useHost();
  useSettings();
  const signaling = useCall((state) => state.signaling);
  return (
    <span className={`start-server start-server-${signaling.kind}`}>
      <i aria-hidden="true" />
      {host.kind === "desktop" && `${text.start.server(serverOf(host).host)} · `}
      {text.signaling[signaling.kind]}
    </span>
  );
}
