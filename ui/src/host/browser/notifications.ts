import type { AppNotification, Notifications } from "../types";

/** Notifications of the browser (Notifications API), once the person has allowed them. */
export class BrowserNotifications implements Notifications {
  #shown = new Map<AppNotification["kind"], Notification>();

  constructor() {
    // Who looks at the window again knows.
    addEventListener("focus", () => this.#closeAll());
  }

  permission(): "granted" | "ask" | "denied" | "absent" {
    // Not there on a page from http://, and on iPhones.
    if (typeof Notification === "undefined" || !globalThis.isSecureContext) return "absent";
    const { permission } = Notification;
    return permission === "default" ? "ask" : permission;
  }

  async ask(): Promise<void> {
    if (this.permission() === "ask") await Notification.requestPermission();
  }

  show({ kind, title, body }: AppNotification): void {
    const isLookedAt = document.visibilityState === "visible" && document.hasFocus();
    if (isLookedAt || this.permission() !== "granted") return;
    try {
      // Without `renotify` a replaced notification changes in silence.
      const options = { body, tag: `maru-${kind}`, renotify: true };
      const notification = new Notification(title, options);
      this.#shown.set(kind, notification);
      notification.onclick = () => {
        window.focus();
        notification.close();
      };
    } catch {
      // Chromium on Android has them in service workers only.
    }
  }

  #closeAll(): void {
    for (const notification of this.#shown.values()) notification.close();
    this.#shown.clear();
  }
}
