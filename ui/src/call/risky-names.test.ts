import { describe, expect, it } from "vitest";
import { riskyNames, visibleName } from "./risky-names";

describe("riskyNames", () => {
  it.each([
    "setup.exe",
    "SETUP.EXE",
    "photo.jpg.exe",
    "run.sh",
    "macro.docm",
    "page.html",
    "photos.zip",
    "backup.tar.gz",
    "disk.iso",
    "Tool.app/Contents/Info.plist",
    "folder/deep/script.ps1",
    // Windows ignores dots and blanks at the end, and so do receivers.
    "setup.exe. ",
    // Shown as `photo exe.jpg`.
    "photo\u202egpj.exe",
    // Invisible characters inside of the extension are removed by the receiver.
    "setup.e\u200bxe",
    "setup.ex\u2060e",
    "setup.ex\ufdd0e",
    // These as well, after a character of ASCII.
    "setup.e\u200dxe",
    "setup.exe\ufe0f",
    // No white space, and no ink.
    "setup.exe\u2800",
    // Receivers cut it behind the first extension.
    `${"a".repeat(236)}.exe${"b".repeat(40)}`,
    "folder.{20D04FE0-3AEA-1069-A2D8-08002B30309D}",
    ".exe",
  ])("has %j", (name) => {
    expect(riskyNames([name])).toEqual([name]);
  });

  it.each([
    "바다.jpg",
    "notes.txt",
    "exe",
    "report.exe.pdf",
    "no extension",
    "clip.mp4",
    "표.xlsx",
    "a.b/c.jpg",
    "\u1100\u1161\ud83d\udc69\u200d\ud83d\udcbb\u2764\ufe0f.png",
    `${"한".repeat(70)}.jpg`,
  ])("does not have %j", (name) => {
    expect(riskyNames([name])).toEqual([]);
  });

  it("returns only those of several", () => {
    expect(riskyNames(["a.jpg", "b.exe", "c.txt"])).toEqual(["b.exe"]);
  });
});

describe("visibleName", () => {
  it("removes what hides or reorders characters, and keeps what scripts and emoji need", () => {
    expect(visibleName("a\u202eb\u200bc\u0007d\u2028e")).toBe("abcde");
    expect(visibleName("👩\u200d💻❤\ufe0f.png")).toBe("👩\u200d💻❤\ufe0f.png");
    expect(visibleName("사진".normalize("NFD"))).toBe("사진");
  });
});
