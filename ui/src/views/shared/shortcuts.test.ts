import { describe, expect, it } from "vitest";
import { type KeyPress, SHORTCUTS, type ShortcutContext, shortcutOf } from "./shortcuts";

const press = (patch: Partial<KeyPress>): KeyPress => ({
  code: "",
  key: "",
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  isComposing: false,
  repeat: false,
  getModifierState: () => false,
  ...patch,
});
const shortcut = (patch: Partial<KeyPress>, context: Partial<ShortcutContext> = {}) =>
  shortcutOf(press(patch), { typing: false, characters: true, ...context });

describe("shortcutOf", () => {
  it.each([
    ["US", "KeyM", "m", "microphone"],
    ["US with Caps Lock", "KeyM", "M", "microphone"],
    ["AZERTY", "Semicolon", "m", "microphone"],
    ["AZERTY", "KeyM", ",", null],
    ["Dvorak", "KeyJ", "h", "hand"],
    ["Dvorak", "KeyH", "d", null],
    ["Dvorak", "KeyV", "k", null],
    ["German", "Slash", "-", null],
    ["Turkish", "KeyI", "ı", null],
    ["Korean", "KeyM", "ㅡ", "microphone"],
    ["Korean", "KeyV", "ㅍ", "camera"],
    ["Russian", "KeyM", "ь", "microphone"],
    ["Greek", "KeyP", "π", "people"],
    ["an input method", "KeyM", "Process", "microphone"],
  ] as const)("with %s, %s that types %j is %s", (_, code, key, name) => {
    expect(shortcut({ code, key })).toBe(name);
  });

  it("recognises `?` by character, and by key where the layout has another script", () => {
    expect(shortcut({ code: "Slash", key: "?", shiftKey: true })).toBe("help");
    expect(shortcut({ code: "Minus", key: "?", shiftKey: true })).toBe("help");
    expect(shortcut({ code: "Slash", key: "ю", shiftKey: true })).toBe("help");
    expect(shortcut({ code: "Slash", key: "_", shiftKey: true })).toBeNull();
    expect(shortcut({ code: "Slash", key: "/" })).toBeNull();
  });

  it.each([
    ["while typing", { typing: true }],
    ["while they are switched off", { characters: false }],
  ])("ignores keys %s, except for Escape", (_, context) => {
    expect(shortcut({ code: "KeyM", key: "m" }, context)).toBeNull();
    expect(shortcut({ code: "Slash", key: "?", shiftKey: true }, context)).toBeNull();
    expect(shortcut({ code: "Escape", key: "Escape" }, context)).toBe("close");
    expect(shortcut({ code: "CapsLock", key: "Escape" }, context)).toBe("close");
  });

  it.each(["ctrlKey", "altKey", "metaKey", "shiftKey", "isComposing", "repeat"] as const)(
    "ignores %s",
    (key) => {
      expect(shortcut({ code: "KeyM", key: "m", [key]: true })).toBeNull();
      expect(shortcut({ code: "KeyM", key: "ㅡ", [key]: true })).toBeNull();
    },
  );

  it("ignores a letter typed with AltGr", () => {
    const getModifierState = (modifier: string) => modifier === "AltGraph";
    expect(shortcut({ code: "KeyM", key: "µ", getModifierState })).toBeNull();
    expect(shortcut({ code: "KeyM", key: "m", getModifierState })).toBeNull();
  });

  it("gives every shortcut its own key", () => {
    const codes = Object.values(SHORTCUTS).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    const keys = Object.values(SHORTCUTS).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
