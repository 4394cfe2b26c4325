import { Sheet } from "../../components/sheet";
import { useText } from "../../i18n/text";
import { useHost } from "../hooks/maru-context";
import { SHORTCUTS, type Shortcut } from "../shared/shortcuts";
import "./sheets.css";

export function ShortcutsSheet({ onClose }: { onClose: () => void }) {
  const text = useText();
  const { files } = useHost();
  const shortcuts = (Object.keys(SHORTCUTS) as Shortcut[]).filter((name) => name !== "files" || files);
  return (
    <Sheet title={text.shortcuts.title} closeLabel={text.common.close} onClose={onClose}>
      <p className="sheet-note">{text.shortcuts.note}</p>
      <dl className="keys">
        {shortcuts.map((name) => (
          <div key={name}>
            <dt>{text.shortcuts[name]}</dt>
            <dd>
              <kbd className="kbd">{SHORTCUTS[name].key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <p className="sheet-note">{text.picture.zoomKeys}</p>
    </Sheet>
  );
}
