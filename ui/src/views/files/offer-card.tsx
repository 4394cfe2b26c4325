import { Cable, CloudCog, TriangleAlert } from "lucide-react";
import { useId, useState } from "react";
import type { CallTransfer } from "../../call/call-transfer";
import { riskyNames, visibleName } from "../../call/risky-names";
import { Button } from "../../components/button";
import { FileName } from "../../components/file-name";
import { byteSize } from "../../i18n/format-transfer";
import { shownName } from "../../i18n/shown-name";
import { useLanguage, useText } from "../../i18n/text";
import { useTransfers } from "../hooks/maru-context";
import { TransferHeading } from "./transfer-heading";

/** Above this, an offer that would go through a relay is confirmed once more. Bytes. */
const MAX_RELAYED_UNASKED = 1_000_000_000;
const MAX_NAMES = 4;

interface OfferCardProps {
  offer: CallTransfer;
  /** Takes the focus when the panel is opened. */
  autoFocus?: boolean;
}

/** Who wants to send what, how much and on which path; accepted, declined, or saved elsewhere. */
export function OfferCard({ offer, autoFocus = false }: OfferCardProps) {
  const text = useText();
  const language = useLanguage();
  const transfers = useTransfers();
  const heading = useId();
  const [choosing, setChoosing] = useState(false);
  /** How it will be accepted if the question about the relay is answered with yes. */
  const [asked, setAsked] = useState<"default" | "ask" | null>(null);
  if (!transfers) return null;
  const name = shownName(offer.name, text);
  const size = byteSize(language, offer.bytes);
  const risky = riskyNames(offer.names.map((entry) => entry.name)).map(visibleName);
  const relayed = offer.relayed === true;

  const accept = async (where: "default" | "ask") => {
    setChoosing(where === "ask");
    await transfers.accept(offer, where);
    setChoosing(false);
  };
  const onAccept = (where: "default" | "ask") => {
    if (relayed && offer.bytes > MAX_RELAYED_UNASKED) setAsked(where);
    else void accept(where);
  };
  const decline = () => {
    transfers.decline(offer);
  };

  return (
    <article
      className="offer"
      tabIndex={-1}
      {...(autoFocus ? { "data-autofocus": true } : {})}
      aria-labelledby={heading}
      data-testid="offer"
      data-transfer={offer.id}
    >
      <TransferHeading transfer={offer} id={heading} lead={text.files.offer.title(name)} />
      <OfferedNames offer={offer} />
      <p className="offer-path">
        {relayed ? <CloudCog size={15} aria-hidden="true" /> : <Cable size={15} aria-hidden="true" />}
        {offer.relayed === null ? text.files.path.unknown : text.files.path[relayed ? "relayed" : "direct"]}
      </p>
      {risky.length > 0 && (
        <p className="offer-warning">
          <TriangleAlert size={16} aria-hidden="true" />
          <span>{text.files.offer.risky(risky)}</span>
        </p>
      )}
      {offer.skipped > 0 && <p className="transfer-note">{text.files.skipped(offer.skipped)}</p>}
      {offer.code !== null && (
        <p className="offer-warning" role="alert">
          <TriangleAlert size={16} aria-hidden="true" />
          <span>
            <b>{text.files.explain(offer.code, "receive", name, offer.codeHere).title}.</b>{" "}
            {transfers.canChooseFolder && text.files.offer.notAccepted}
          </span>
        </p>
      )}
      {asked === null ? (
        <div className="offer-actions">
          <Button small look="primary" disabled={choosing} onClick={() => onAccept("default")}>
            {text.files.offer.accept}
          </Button>
          <Button small disabled={choosing} onClick={decline}>
            {text.files.offer.decline}
          </Button>
          {transfers.canChooseFolder && (
            <Button small look="plain" disabled={choosing} onClick={() => onAccept("ask")}>
              {text.files.offer.saveElsewhere}
            </Button>
          )}
        </div>
      ) : (
        <div role="alert">
          <p className="offer-question">{text.files.offer.relayedQuestion(size)}</p>
          <div className="offer-actions">
            <Button small look="primary" disabled={choosing} autoFocus onClick={() => void accept(asked)}>
              {text.files.offer.acceptRelayed}
            </Button>
            <Button small disabled={choosing} onClick={decline}>
              {text.files.offer.decline}
            </Button>
          </div>
        </div>
      )}
    </article>
  );
}

/** The first names, unless the heading has the only one. */
function OfferedNames({ offer }: { offer: CallTransfer }) {
  const text = useText();
  const language = useLanguage();
  const { names, files, folders } = offer;
  const shown = names.slice(0, MAX_NAMES);
  const others = files + folders - shown.length;
  if (names.length < 2) return null;
  return (
    <ul className="offer-names">
      {shown.map(({ name, folder, size }) => (
        <li key={name}>
          <FileName name={visibleName(name)} />
          <span className="offer-size">{folder ? text.files.folder : byteSize(language, size)}</span>
        </li>
      ))}
      {others > 0 && <li>{text.files.more(others)}</li>}
    </ul>
  );
}
