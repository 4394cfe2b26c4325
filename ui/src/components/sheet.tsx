import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { CloseButton } from "./close-button";
import "./sheet.css";

interface SheetProps {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
}

/**
 * A modal dialog. `<dialog>` keeps the focus inside, makes the rest inert, closes on Escape and returns the focus; a
 * focus trap of our own would do each of these less well.
 */
export function Sheet({ title, closeLabel, onClose, children }: SheetProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const pressedOnBackdrop = useRef(false);
  // A layout effect: `close` returns the focus only while the dialog is still in the document.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!dialog || dialog.open) return;
    dialog.showModal();
    // Not the first control, which is "close" and would open its tooltip.
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
      onPointerDown={(event) => {
        pressedOnBackdrop.current = event.target === ref.current;
      }}
      onClick={(event) => {
        // Text that is selected with the pointer ends in a click on the dialog, wherever it began.
        if (event.target === ref.current && pressedOnBackdrop.current) onClose();
      }}
    >
      <div className="sheet-body">
        <header className="sheet-head">
          <h2 id={heading} tabIndex={-1}>
            {title}
          </h2>
          <CloseButton label={closeLabel} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
