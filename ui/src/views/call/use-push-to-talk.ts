import { useEffect } from "react";
import { useMaru } from "../hooks/maru-context";
import { isTyping } from "../shared/shortcuts";

/** What Space does something with by itself. */
const USES_SPACE =
  'button, a[href], input, select, textarea, summary, label, [role^="menuitem"], [tabindex="0"]';

/**
 * A muted microphone is on while Space is held; elsewhere than on a control, which Space presses. One that is closed stays
 * closed: no device opens by a key that is pressed by accident. Ends as well when the window loses the focus, since the
 * release of the key is not seen then.
 */
export function usePushToTalk(): void {
  const { call, host } = useMaru();
  useEffect(() => {
    let talking = false;
    const isOurs = (event: KeyboardEvent) =>
      event.code === "Space" &&
      !event.ctrlKey &&
      !event.altKey &&
      !event.metaKey &&
      !event.shiftKey &&
      host.settings.get().shortcuts &&
      !isTyping(event.target) &&
      !(event.target as Element).closest?.(USES_SPACE) &&
      !document.querySelector("dialog[open]");
    const start = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isOurs(event)) return;
      // Otherwise the page scrolls.
      event.preventDefault();
      const { self } = call.getState();
      const { status, track } = self.microphone;
      if (event.repeat || talking || status !== "off" || track === null) return;
      talking = true;
      call.setMicrophone(true);
    };
    const stop = () => {
      if (talking) call.setMicrophone(false);
      talking = false;
    };
    const release = (event: KeyboardEvent) => {
      if (event.code === "Space") stop();
    };
    window.addEventListener("keydown", start);
    window.addEventListener("keyup", release);
    window.addEventListener("blur", stop);
    return () => {
      stop();
      window.removeEventListener("keydown", start);
      window.removeEventListener("keyup", release);
      window.removeEventListener("blur", stop);
    };
  }, [call, host]);
}
