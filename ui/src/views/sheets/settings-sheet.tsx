import { useState } from "react";
import { noMediaReason } from "../../call/no-media-reason";
import { Choice, Field, Select } from "../../components/field";
import { Sheet } from "../../components/sheet";
import { Switch } from "../../components/switch";
import { TEXTS, useText } from "../../i18n/text";
import { useActions, useCall, useHost, useSettings } from "../hooks/maru-context";
import { deviceOptions, selectedDevice } from "../shared/device-options";
import { NameField } from "../shared/name-field";
import { TestSoundControl } from "../shared/test-sound-control";
import { AboutComputer } from "./about-computer";
import { DownloadFolder } from "./download-folder";
import { NotificationSettings } from "./notification-settings";
import { OwnPictureSettings } from "./own-picture-settings";
import "./sheets.css";

export function SettingsSheet({ onClose }: { onClose: () => void }) {
  const text = useText();
  const host = useHost();
  const settings = useSettings();
  const inRoom = useCall((state) => state.phase !== "idle");
  return (
    <Sheet title={text.menu.settings} closeLabel={text.common.close} onClose={onClose}>
      <div className="settings">
        <section aria-label={text.settings.general}>
          <Choice
            label={text.settings.language}
            value={settings.language}
            options={[
              { value: "system", label: text.settings.systemLanguage },
              { value: "ko", label: TEXTS.ko.languageName },
              { value: "en", label: TEXTS.en.languageName },
            ]}
            onChange={(language) => host.settings.set({ language })}
          />
          <Choice
            label={text.settings.theme}
            value={settings.theme}
            options={[
              { value: "system", label: text.settings.systemTheme },
              { value: "dark", label: text.settings.dark },
              { value: "light", label: text.settings.light },
            ]}
            onChange={(theme) => host.settings.set({ theme })}
          />
          <Switch
            label={text.settings.sounds}
            checked={settings.sounds}
            onChange={(sounds) => host.settings.set({ sounds })}
          />
          <Switch
            label={text.settings.shortcuts}
            checked={settings.shortcuts}
            onChange={(shortcuts) => host.settings.set({ shortcuts })}
          />
        </section>
        <NotificationSettings />
        <DeviceSettings />
        <VoiceSettings />
        <OwnPictureSettings />
        <DownloadFolder />
        {(!inRoom || host.kind === "desktop") && (
          <section>
            {!inRoom && <NameField label={text.settings.name} />}
            {host.kind === "desktop" && <ServerField />}
          </section>
        )}
        <AboutComputer />
      </div>
    </Sheet>
  );
}

function DeviceSettings() {
  const text = useText();
  const self = useCall((state) => state.self);
  const host = useHost();
  const engine = useCall((state) => state.engine);
  const { capabilities } = engine;
  const reason = noMediaReason(engine, host.kind);
  const { selectDevice } = useActions();
  const kinds = (["microphone", "camera", "speaker"] as const).filter((kind) =>
    kind === "speaker" ? capabilities.chooseSpeaker : capabilities[kind],
  );
  const hasLabels = self.devices.some((device) => device.label !== "");
  return (
    <section aria-label={text.settings.devices}>
      <h3>{text.settings.devices}</h3>
      {reason && <p className="sheet-note">{text.start.noMedia[reason].title}</p>}
      {kinds.map((kind) => (
        <Select
          key={kind}
          label={text.menu[kind]}
          value={selectedDevice(self, kind) ?? ""}
          options={deviceOptions(text, self.devices, kind).map(({ id, label }) => ({
            value: id ?? "",
            label,
          }))}
          onChange={(value) => selectDevice(kind, value === "" ? null : value)}
        />
      ))}
      <TestSoundControl />
      {kinds.length > 0 && !hasLabels && <p className="sheet-note">{text.settings.devicesLater}</p>}
      {kinds.length > 0 && !capabilities.chooseSpeaker && (
        <p className="sheet-note">{text.settings.speakerByBrowser}</p>
      )}
    </section>
  );
}

function VoiceSettings() {
  const text = useText();
  const host = useHost();
  const settings = useSettings();
  const { microphone } = useCall((state) => state.engine.capabilities);
  if (!microphone) return null;
  return (
    <section aria-label={text.settings.voice}>
      <h3>{text.settings.voice}</h3>
      <Choice
        label={text.settings.listening}
        value={settings.echoCancellation ? "speakers" : "headset"}
        options={[
          { value: "speakers", label: text.settings.speakers },
          { value: "headset", label: text.settings.headset },
        ]}
        onChange={(choice) => host.settings.set({ echoCancellation: choice === "speakers" })}
      />
      <p className="sheet-note">{text.settings.listeningHelp}</p>
      <Switch
        label={text.settings.noiseSuppression}
        checked={settings.noiseSuppression}
        onChange={(noiseSuppression) => host.settings.set({ noiseSuppression })}
      />
      <Switch
        label={text.settings.gainControl}
        checked={settings.gainControl}
        onChange={(gainControl) => host.settings.set({ gainControl })}
      />
    </section>
  );
}

/** Stored only once it is a valid address: an incomplete one would break the room's link and the next join. */
function ServerField() {
  const text = useText();
  const host = useHost();
  const [typed, setTyped] = useState(() => host.settings.get().serverUrl);
  const valid = serverOrigin(typed) !== null;
  return (
    <Field
      label={text.settings.server}
      type="url"
      spellCheck={false}
      autoComplete="off"
      value={typed}
      invalid={!valid}
      hint={valid ? text.settings.serverHelp : text.settings.serverInvalid}
      onChange={(event) => {
        setTyped(event.target.value);
        const url = serverOrigin(event.target.value);
        if (url !== null) host.settings.set({ serverUrl: url });
      }}
    />
  );
}

/** The origin of a typed address; null if it is not an http(s) URL. */
function serverOrigin(typed: string): string | null {
  const text = typed.trim();
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  return new URL(text).origin;
}
