import { Sheet } from "../../components/sheet";
import { useText } from "../../i18n/text";
import { SHORTCUTS, type Shortcut } from "../shared/shortcuts";
import "./sheets.css";

export function ShortcutsSheet({ onClose }: { onClose: () => void }) {
  const text = useText();
  return (
    <Sheet title={text.shortcuts.title} closeLabel={text.common.close} onClose={onClose}>
      <p className="sheet-note">{text.shortcuts.note}</p>
      <dl className="keys">
        {(Object.keys(SHORTCUTS) as Shortcut[]).map((name) => (
          <div key={name}>
            <dt>{text.shortcuts[name]}</dt>
            <dd>
              <kbd className="kbd">{SHORTCUTS[name].key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
