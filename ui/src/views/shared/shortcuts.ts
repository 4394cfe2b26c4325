/** Keys of the call screen. `code` is where the key is on a US keyboard, `key` what is printed on it there. */
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
  getModifierState(modifier: string): boolean;
}

export interface ShortcutContext {
  /** A text field has the focus. */
  typing: boolean;
  /** The setting: single characters are shortcuts (WCAG 2.1.4). Escape is none, and always works. */
  characters: boolean;
}

/** The shortcut of a key press, or null. */
export function shortcutOf(event: KeyPress, { typing, characters }: ShortcutContext): Shortcut | null {
  if (event.isComposing || event.repeat || isModified(event)) return null;
  if (event.code === "Escape" || event.key === "Escape") return event.shiftKey ? null : "close";
  if (typing || !characters) return null;
  // `?` is on different keys in different layouts: the character counts as well.
  if (event.key === "?" || (isByPosition(event.key) && event.code === "Slash" && event.shiftKey))
    return "help";
  if (event.shiftKey) return null;
  const letter = event.key.toUpperCase();
  const byPosition = isByPosition(event.key);
  for (const [name, shortcut] of Object.entries(SHORTCUTS)) {
    if (name === "help") continue;
    if (byPosition ? shortcut.code === event.code : shortcut.key === letter) return name as Shortcut;
  }
  return null;
}

/** AltGr is reported as Control with Alt on Windows, and as `AltGraph` alone elsewhere. */
function isModified(event: KeyPress): boolean {
  return event.ctrlKey || event.altKey || event.metaKey || event.getModifierState("AltGraph");
}

/**
 * Whether a key press is identified by where the key is: with a layout of another script (Korean, Cyrillic), whose
 * keyboards have the Latin letters of a US keyboard as well, and for a key that an input method processes. With a Latin
 * layout the letter counts, which AZERTY and Dvorak have elsewhere; there a comma on `KeyM` is a comma.
 */
function isByPosition(key: string): boolean {
  if (key === "" || key === "Process" || key === "Unidentified") return true;
  return /^\p{L}+$/u.test(key) && key.length <= 2 && !/\p{Script=Latin}/u.test(key);
}

const NOT_TEXT = new Set(["button", "checkbox", "radio", "range", "submit", "reset", "file", "color"]);

/** Whether keys pressed with the focus on `target` enter text or select from a list. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !NOT_TEXT.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
