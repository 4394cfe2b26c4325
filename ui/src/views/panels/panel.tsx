import { ArrowLeft } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { CloseButton } from "../../components/close-button";
import { Control } from "../../components/control";
import { useText } from "../../i18n/text";
import { NARROW, useMediaQuery } from "../hooks/use-media-query";
import "./panel.css";

interface PanelProps {
  title: string;
  aside?: ReactNode;
  /** Something else is shown in its place. It stays mounted, with its state. */
  hidden?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** Beside the stage; over it in a narrow window, where the way back is at the left. Takes the focus, and returns it when it is closed. */
export function Panel({ title, aside, hidden = false, onClose, children }: PanelProps) {
  const text = useText();
  const ref = useRef<HTMLElement>(null);
  const heading = useId();
  const narrow = useMediaQuery(NARROW);
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
        {narrow && (
          <Control
            compact
            tipBelow
            className="panel-back"
            label={text.common.back}
            shortcut="Esc"
            icon={<ArrowLeft size={20} />}
            onClick={onClose}
          />
        )}
        <h2 id={heading}>{title}</h2>
        {aside && <span className="panel-aside">{aside}</span>}
        {!narrow && <CloseButton label={text.common.close} shortcut="Esc" onClick={onClose} />}
      </header>
      {children}
    </aside>
  );
}
