import { CircleAlert, Info, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { Control } from "./control";
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

/** What happened, what still works, and what to do. */
export function Note({ tone, title, help, children, dismissLabel, onDismiss, testId = "notice" }: NoteProps) {
  const Icon = ICONS[tone];
  return (
    <div className={`note note-${tone}`} role={tone === "error" ? "alert" : "status"} data-testid={testId}>
      <Icon size={18} className="note-icon" aria-hidden="true" />
      <div className="note-text">
        <strong>{title}</strong>
        {help && <p>{help}</p>}
        {children}
      </div>
      {onDismiss && dismissLabel && (
        <Control
          compact
          tipBelow
          className="tip-right"
          label={dismissLabel}
          icon={<X size={16} />}
          onClick={onDismiss}
        />
      )}
    </div>
  );
}
