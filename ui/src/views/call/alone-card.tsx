import { useText } from "../../i18n/text";
import { useCall, useHost } from "../hooks/maru-context";
import { InviteButton } from "../shared/invite-button";
import { isLoopback } from "../shared/server";
import type { Rect } from "./layout";
import { positioned } from "./tile";

/** Invitation in the place of the second tile, while nobody else is in the room. */
export function AloneCard({ rect }: { rect: Rect }) {
  const text = useText();
  const host = useHost();
  const room = useCall((state) => state.room);
  if (room === null) return null;
  const link = host.roomLink(room);
  return (
    <section className="alone" style={positioned(rect)}>
      <h2>{text.call.alone}</h2>
      <p>{isLoopback(new URL(link).hostname) ? text.call.aloneHelpHere : text.call.aloneHelp}</p>
      <code>{decodeURI(link)}</code>
      <InviteButton className="button button-primary alone-copy" label={text.call.copyLink} />
    </section>
  );
}
