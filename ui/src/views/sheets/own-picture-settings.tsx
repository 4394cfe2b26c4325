import { Switch } from "../../components/switch";
import { useText } from "../../i18n/text";
import { useCall, useHost, useSettings } from "../hooks/maru-context";

export function OwnPictureSettings() {
  const text = useText();
  const host = useHost();
  const { mirrorSelf, hideSelf } = useSettings();
  const { camera } = useCall((state) => state.engine.capabilities);
  if (!camera) return null;
  return (
    <section aria-label={text.picture.own}>
      <h3>{text.picture.own}</h3>
      <Switch
        label={text.picture.mirrorSelf}
        checked={mirrorSelf}
        onChange={(mirrorSelf) => host.settings.set({ mirrorSelf })}
      />
      <p className="sheet-note">{text.picture.mirrorHelp}</p>
      <Switch
        label={text.picture.ownInCall}
        checked={!hideSelf}
        onChange={(shown) => host.settings.set({ hideSelf: !shown })}
      />
    </section>
  );
}
