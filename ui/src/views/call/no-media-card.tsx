import { ExternalLink } from "lucide-react";
import { Button } from "../../components/button";
import { useText } from "../../i18n/text";
import { useCall, useHost } from "../hooks/maru-context";

/** On a window that carries no media: what works, what does not, and where it does. */
export function NoMediaCard() {
  const text = useText();
  const host = useHost();
  const room = useCall((state) => state.room);
  if (room === null) return null;
  return (
    <section className="no-media" data-testid="no-media">
      <div>
        <h2>{text.call.noMediaTitle}</h2>
        <p>{text.call.noMediaBody[host.kind === "desktop" ? "no-engine" : "no-webrtc"]}</p>
      </div>
      {host.kind === "desktop" && (
        <Button
          look="primary"
          icon={<ExternalLink size={17} aria-hidden="true" />}
          onClick={() => void host.openExternal(host.roomLink(room)).catch(() => undefined)}
        >
          {text.call.openInBrowser}
        </Button>
      )}
    </section>
  );
}
