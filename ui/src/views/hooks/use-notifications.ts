import { useEffect, useRef } from "react";
import type { CallEvent } from "../../call/types";
import type { AppNotification } from "../../host/types";
import { shownName } from "../../i18n/shown-name";
import { type Text, useText } from "../../i18n/text";
import { useMaru } from "./maru-context";
import { NotificationLimit } from "./notification-limit";
import { useLooking } from "./use-looking";

/** Notifies of messages and of people who join, while the person looks at something else. */
export function useNotifications(): void {
  const text = useText();
  const { call, host } = useMaru();
  const looking = useLooking();
  const latest = useRef({ text, looking });
  const limit = useRef<NotificationLimit | null>(null);
  useEffect(() => {
    latest.current = { text, looking };
    if (looking) limit.current?.clear();
  }, [text, looking]);

  useEffect(() => {
    const ownLimit = new NotificationLimit((notification) => host.notifications.show(notification));
    limit.current = ownLimit;
    // Those who were there before us are reported before our own `joined`.
    let joined = call.getState().phase === "joined";
    const stop = call.onEvent((event) => {
      if (event.type === "joined") joined = true;
      if (event.type === "left") {
        joined = false;
        ownLimit.clear();
      }
      const { notifications, hideMessageText } = host.settings.get();
      if (!joined || !notifications || latest.current.looking) return;
      const notification = notificationOf(latest.current.text, event, hideMessageText);
      if (notification) ownLimit.add(notification);
    });
    return () => {
      stop();
      ownLimit.clear();
    };
  }, [call, host]);
}

function notificationOf(text: Text, event: CallEvent, hideText: boolean): AppNotification | null {
  switch (event.type) {
    case "chat": {
      const title = shownName(event.name, text);
      // In one line: what Enter separated, a space separates.
      const body = hideText ? text.notifications.hiddenMessage : event.text.replace(/\s+/g, " ");
      return { kind: "chat", title, body };
    }
    case "participant-joined":
      return {
        kind: "people",
        title: text.announcements.participantJoined(shownName(event.name, text)),
        body: "",
      };
    default:
      return null;
  }
}
