import { X } from "lucide-react";
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { Control } from "./control";
import "./sheet.css";

interface SheetProps {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
}

/**
 * A modal sheet. The platform's own `<dialog>` keeps the focus inside, makes the rest inert, closes on
 * Escape and gives the focus back: a hand-written trap does each of these worse.
 */
export function Sheet({ title, closeLabel, onClose, children }: SheetProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // A layout effect: closing gives the focus back only while the dialog is still in the document.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!dialog || dialog.open) return;
    dialog.showModal();
    // The first control would be "close", with its tooltip open: begin at what this is instead.
    dialog.querySelector<HTMLElement>("h2")?.focus();
    return () => dialog.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; the click is on the backdrop.
    <dialog
      ref={ref}
      className="sheet"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className="sheet-body">
        <header className="sheet-head">
          <h2 id={heading} tabIndex={-1}>
            {title}
          </h2>
          <Control
            compact
            tipBelow
            className="tip-right"
            label={closeLabel}
            icon={<X size={18} />}
            onClick={onClose}
          />
        </header>
        {children}
      </div>
    </dialog>
  );
}
