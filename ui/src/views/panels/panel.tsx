import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Control } from "../../components/control";
import { useText } from "../../i18n/text";
import "./panel.css";

interface PanelProps {
  title: string;
  aside?: ReactNode;
  /** Something else is in its place: it keeps its state, and what had the focus in it. */
  hidden?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** Slides in beside the stage; over it on a narrow window. The focus goes in with it and back after it. */
export function Panel({ title, aside, hidden = false, onClose, children }: PanelProps) {
  const text = useText();
  const ref = useRef<HTMLElement>(null);
  const heading = useId();
  useEffect(() => {
    const panel = ref.current;
    const opener = document.activeElement as HTMLElement | null;
    (panel?.querySelector<HTMLElement>("[data-autofocus]") ?? panel)?.focus();
    return () => {
      if (opener?.isConnected) opener.focus();
    };
  }, []);
  return (
    <aside ref={ref} className="panel" aria-labelledby={heading} tabIndex={-1} hidden={hidden}>
      <header className="panel-head">
        <h2 id={heading}>{title}</h2>
        {aside && <span className="panel-aside">{aside}</span>}
        <Control
          compact
          tipBelow
          className="tip-right"
          label={text.common.close}
          shortcut="Esc"
          icon={<X size={18} />}
          onClick={onClose}
        />
      </header>
      {children}
    </aside>
  );
}
