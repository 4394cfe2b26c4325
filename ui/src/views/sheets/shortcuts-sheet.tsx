import { Sheet } from "../../components/sheet";
import { Switch } from "../../components/switch";
import { useText } from "../../i18n/text";
import { useHost, useSettings } from "../hooks/maru-context";
import { SHORTCUTS, type Shortcut } from "../shared/shortcuts";
import "./sheets.css";

export function ShortcutsSheet({ onClose }: { onClose: () => void }) {
  const text = useText();
  const { files, settings } = useHost();
  const { shortcuts: on } = useSettings();
  const shortcuts = (Object.keys(SHORTCUTS) as Shortcut[]).filter((name) => name !== "files" || files);
  return (
    <Sheet title={text.shortcuts.title} closeLabel={text.common.close} onClose={onClose}>
      <p className="sheet-note" role="status">
        {on ? text.shortcuts.note : text.shortcuts.off}
      </p>
      <Switch label={text.shortcuts.use} checked={on} onChange={(shortcuts) => settings.set({ shortcuts })} />
      <dl className={`keys ${on ? "" : "keys-off"}`}>
        <div>
          <dt>{text.shortcuts.talk}</dt>
          <dd>
            <kbd className="kbd">{text.shortcuts.space}</kbd>
          </dd>
        </div>
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
