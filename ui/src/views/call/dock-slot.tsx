import { ChevronUp } from "lucide-react";
import type { ReactNode } from "react";

interface DockSlotProps {
  open: boolean;
  menu: ReactNode;
  /** With it, a chevron beside the control opens the menu; without it the control itself does. */
  onOpen?: () => void;
  openLabel?: string;
  className?: string;
  children: ReactNode;
}

/** A control and the menu that opens above it. */
export function DockSlot({ open, menu, onOpen, openLabel, className = "", children }: DockSlotProps) {
  return (
    <div className={`dock-slot ${onOpen ? "dock-split" : ""} ${className}`}>
      {children}
      {onOpen && openLabel && (
        <button
          type="button"
          className="dock-chevron tip"
          aria-label={openLabel}
          data-tip={openLabel}
          aria-haspopup="menu"
          aria-expanded={open}
          onClick={onOpen}
        >
          <ChevronUp size={15} aria-hidden="true" />
        </button>
      )}
      {open && menu}
    </div>
  );
}
