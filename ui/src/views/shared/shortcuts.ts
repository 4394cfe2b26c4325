/** Keys of the call screen. By physical key (`code`), so that they also work with a Korean layout. */
export const SHORTCUTS = {
  microphone: { code: "KeyM", key: "M" },
  camera: { code: "KeyV", key: "V" },
  share: { code: "KeyS", key: "S" },
  chat: { code: "KeyC", key: "C" },
  people: { code: "KeyP", key: "P" },
  files: { code: "KeyF", key: "F" },
  hand: { code: "KeyH", key: "H" },
  reactions: { code: "KeyR", key: "R" },
  view: { code: "KeyG", key: "G" },
  fullScreen: { code: "KeyZ", key: "Z" },
  help: { code: "Slash", key: "?" },
  close: { code: "Escape", key: "Esc" },
} as const;

export type Shortcut = keyof typeof SHORTCUTS;

export interface KeyPress {
  code: string;
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
  repeat: boolean;
}

/** The shortcut of a key press, or null. `typing`: a text field has the focus. */
export function shortcutOf(event: KeyPress, typing: boolean): Shortcut | null {
  if (event.isComposing || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.code === "Escape") return event.shiftKey ? null : "close";
  if (typing) return null;
  // `?` is on different keys in different layouts: the character counts as well.
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return "help";
  if (event.shiftKey) return null;
  for (const [name, shortcut] of Object.entries(SHORTCUTS)) {
    if (shortcut.code === event.code && name !== "help") return name as Shortcut;
  }
  return null;
}

const NOT_TEXT = new Set(["button", "checkbox", "radio", "range", "submit", "reset", "file", "color"]);

/** Whether keys pressed with the focus on `target` enter text or select from a list. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !NOT_TEXT.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
