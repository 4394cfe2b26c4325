import { Check, Link } from "lucide-react";
import { useAnnounced } from "../../components/announcer";
import { useText } from "../../i18n/text";
import { useCall, useHost } from "../hooks/maru-context";
import { useCopy } from "../hooks/use-copy";

/** Copies the room's link, and shows the result for a moment. */
export function InviteButton({ className, label }: { className: string; label: string }) {
  const text = useText();
  const host = useHost();
  const room = useCall((state) => state.room);
  const { copied, refused, copy } = useCopy();
  // The button has the focus: a name of its own for the result would be read as well.
  useAnnounced(refused !== null ? text.common.notCopied : copied ? text.call.linkCopied : null);
  if (room === null) return null;
  return (
    <button
      type="button"
      className={`${className} tip tip-below tip-right`}
      aria-label={text.call.copyLink}
      data-tip={text.call.copyLink}
      onClick={() => copy(host.roomLink(room))}
    >
      {copied ? <Check size={15} aria-hidden="true" /> : <Link size={14} aria-hidden="true" />}
      <span>{refused !== null ? text.common.notCopied : copied ? text.common.copied : label}</span>
    </button>
  );
}
