import { Check, Link } from "lucide-react";
import { useText } from "../../i18n/text";
import { useCall, useHost } from "../hooks/maru-context";
import { useCopy } from "../hooks/use-copy";

/** Copies the room's link, and shows the result for a moment. */
export function InviteButton({ className, label }: { className: string; label: string }) {
  const text = useText();
  const host = useHost();
  const room = useCall((state) => state.room);
  const { copied, refused, copy } = useCopy();
  if (room === null) return null;
  return (
    <button
      type="button"
      className={`${className} tip tip-below tip-right`}
      aria-label={
        refused !== null ? text.common.notCopied : copied ? text.call.linkCopied : text.call.copyLink
      }
      data-tip={text.call.copyLink}
      onClick={() => copy(host.roomLink(room))}
    >
      {copied ? <Check size={15} aria-hidden="true" /> : <Link size={14} aria-hidden="true" />}
      <span>{refused !== null ? text.common.notCopied : copied ? text.common.copied : label}</span>
      <span className="hidden-text" role="status">
        {refused !== null ? text.common.notCopied : copied ? text.call.linkCopied : ""}
      </span>
    </button>
  );
}
