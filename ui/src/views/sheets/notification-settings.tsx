import { useState } from "react";
import { Switch } from "../../components/switch";
import { useText } from "../../i18n/text";
import { useHost, useSettings } from "../hooks/maru-context";

/** A browser asks the person when the switch is turned on, and never before. */
export function NotificationSettings() {
  const text = useText();
  const host = useHost();
  const settings = useSettings();
  const [permission, setPermission] = useState(() => host.notifications.permission());
  if (permission === "absent") return null;
  const on = settings.notifications && permission === "granted";
  const turn = async (wanted: boolean) => {
    host.settings.set({ notifications: wanted });
    if (wanted) await host.notifications.ask();
    setPermission(host.notifications.permission());
  };
  return (
    <section aria-label={text.notifications.title}>
      <h3>{text.notifications.title}</h3>
      <Switch label={text.notifications.on} checked={on} onChange={(wanted) => void turn(wanted)} />
      {permission === "denied" && settings.notifications && (
        <p className="sheet-note" role="status">
          {text.notifications.denied}
        </p>
      )}
      {on && (
        <Switch
          label={text.notifications.hideText}
          checked={settings.hideMessageText}
          onChange={(hideMessageText) => host.settings.set({ hideMessageText })}
        />
      )}
    </section>
  );
}
