import { Details } from "../../components/details";
import { useText } from "../../i18n/text";
import { useCopy } from "../hooks/use-copy";

/** Technical detail that can be expanded and copied. Nothing if it is empty. */
export function TechnicalDetails({ detail, summary }: { detail: string; summary?: string }) {
  const text = useText();
  const { copied, refused, copy } = useCopy();
  return (
    <Details
      summary={summary ?? text.common.details}
      detail={detail}
      copyLabel={refused !== null ? text.common.notCopied : copied ? text.common.copied : text.common.copy}
      onCopy={copy}
    />
  );
}
