import { describe, expect, it } from "vitest";
import { type KeyPress, SHORTCUTS, shortcutOf } from "./shortcuts";

const press = (patch: Partial<KeyPress>): KeyPress => ({
  code: "",
  key: "",
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  isComposing: false,
  repeat: false,
  ...patch,
});

describe("shortcutOf", () => {
  it("goes by the physical key, so that it works with a Korean layout", () => {
    expect(shortcutOf(press({ code: "KeyM", key: "ㅡ" }), false)).toBe("microphone");
    expect(shortcutOf(press({ code: "KeyV", key: "ㅍ" }), false)).toBe("camera");
  });

  it("recognises `?` by character and by key", () => {
    expect(shortcutOf(press({ code: "Slash", key: "?", shiftKey: true }), false)).toBe("help");
    expect(shortcutOf(press({ code: "Minus", key: "?", shiftKey: true }), false)).toBe("help");
    expect(shortcutOf(press({ code: "Slash", key: "/" }), false)).toBeNull();
  });

  it("ignores keys while typing, except for Escape", () => {
    expect(shortcutOf(press({ code: "KeyM" }), true)).toBeNull();
    expect(shortcutOf(press({ code: "Slash", key: "?", shiftKey: true }), true)).toBeNull();
    expect(shortcutOf(press({ code: "Escape" }), true)).toBe("close");
  });

  it.each(["ctrlKey", "altKey", "metaKey", "shiftKey", "isComposing", "repeat"] as const)(
    "ignores %s",
    (key) => {
      expect(shortcutOf(press({ code: "KeyM", [key]: true }), false)).toBeNull();
    },
  );

  it("gives every shortcut its own key", () => {
    const codes = Object.values(SHORTCUTS).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
