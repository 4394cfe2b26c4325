import { useText } from "../../i18n/text";
import { useCall, useHost } from "../hooks/context";
import type { Rect } from "./layout";
import { placed } from "./tile";
import { InviteButton } from "./top-bar";

/** Where the second tile will be, while there is no second person. */
export function AloneCard({ rect }: { rect: Rect }) {
  const text = useText();
  const host = useHost();
  const room = useCall((state) => state.room);
  if (room === null) return null;
  return (
    <section className="alone" style={placed(rect)}>
      <h2>{text.call.alone}</h2>
      <p>{text.call.aloneHelp}</p>
      <code>{decodeURI(host.roomLink(room))}</code>
      <InviteButton className="button button-primary alone-copy" label={text.call.copyLink} />
    </section>
  );
}
