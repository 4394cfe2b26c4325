import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useAnnounced } from "./announcer";
import { CloseButton } from "./close-button";
import "./note.css";

interface NoteProps {
  tone: "info" | "warning" | "error";
  title: string;
  help?: string;
  /** Buttons, details. */
  children?: ReactNode;
  dismissLabel?: string;
  onDismiss?: () => void;
  testId?: string;
}

const ICONS = { info: Info, warning: TriangleAlert, error: CircleAlert };

/**
 * A message with an icon: what happened, and what to do about it. Screen readers get it as an announcement, an error as an
 * alert, which is read when it is inserted.
 */
export function Note({ tone, title, help, children, dismissLabel, onDismiss, testId = "notice" }: NoteProps) {
  const Icon = ICONS[tone];
  const isAlert = tone === "error";
  useAnnounced(isAlert ? null : [title, help].filter(Boolean).join(". "));
  return (
    <div className={`note note-${tone}`} role={isAlert ? "alert" : undefined} data-testid={testId}>
      <Icon size={18} className="note-icon" aria-hidden="true" />
      <div className="note-text">
        <strong>{title}</strong>
        {help && <p>{help}</p>}
        {children}
      </div>
      {onDismiss && dismissLabel && <CloseButton label={dismissLabel} size={16} onClick={onDismiss} />}
    </div>
  );
}
