import type { Transfer } from "../../host/files";
import { useText } from "../../i18n/text";
import { useCopy } from "../hooks/use-copy";

/** The hash of a file, to compare with the other side's, or with `b3sum`. */
export function FileHash({ hash, direction }: { hash: string; direction: Transfer["direction"] }) {
  const text = useText();
  const { copied, refused, copy } = useCopy();
  return (
    <p className="transfer-hash">
      <span>{text.files.actions.hash[direction]}</span>
      <code title={hash}>{refused === null ? `${hash.slice(0, 8)}…${hash.slice(-4)}` : hash}</code>
      <button type="button" aria-label={text.files.actions.copyHash} onClick={() => copy(hash)}>
        {copied ? text.common.copied : refused !== null ? text.common.notCopied : text.common.copy}
      </button>
    </p>
  );
}
