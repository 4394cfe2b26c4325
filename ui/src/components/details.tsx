import "./details.css";

interface DetailsProps {
  summary: string;
  /** Untranslated, technical. */
  detail: string;
  copyLabel: string;
  onCopy: (detail: string) => void;
}

/** Technical detail that can be expanded and copied. Nothing if it is empty. */
export function Details({ summary, detail, copyLabel, onCopy }: DetailsProps) {
  if (detail === "") return null;
  return (
    <details className="details">
      <summary>{summary}</summary>
      <div className="details-body">
        <code>{detail}</code>
        <button type="button" onClick={() => onCopy(detail)}>
          {copyLabel}
        </button>
      </div>
    </details>
  );
}
