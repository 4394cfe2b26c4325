import { describe, expect, it } from "vitest";
import { TRANSFER_CODES } from "../../call/transfer-codes";
import { fakeTransfer } from "../../gallery/fake-files";
import type { Transfer } from "../../host/files";
import { TEXTS } from "../text";
import type { TransferStatus } from "./status";

const CODES = [...TRANSFER_CODES, "of-a-later-version"];
const STATES: Transfer["state"][] = [
  "preparing",
  "offered",
  "waiting",
  "active",
  "paused",
  "done",
  "declined",
  "cancelled",
  "failed",
];
const NAMES = ["지훈", "Jack"];
const of = (patch: Partial<TransferStatus>): TransferStatus => ({ ...fakeTransfer(), name: "Ann", ...patch });
const stopped = (patch: Partial<TransferStatus>, problem: string, problemHere: boolean) =>
  of({ state: "paused", paused: { here: false, there: false, problem, problemHere }, ...patch });

describe.each(["ko", "en"] as const)("%s", (language) => {
  const { status, explain } = TEXTS[language].files;
  const check = ({ title, help }: { title: string; help: string }, needsHelp = true) => {
    expect(title.trim()).not.toBe("");
    if (needsHelp) expect(help.trim()).not.toBe("");
    expect(title + help).not.toMatch(/undefined|null|\(이\)|\(을\)/);
    if (language === "ko") expect(title).toMatch(/\p{Script=Hangul}/u);
  };

  describe.each(["send", "receive"] as const)("%s", (direction) => {
    it.each(STATES)("%s has a text that says what happens next", (state) => {
      for (const name of NAMES)
        for (const participant of ["p0", null])
          check(status(of({ direction, state, name, participant })), state !== "active");
    });

    it.each(CODES)("%s has a text that says what to do", (code) => {
      for (const name of NAMES) {
        check(explain(code, direction, name));
        check(status(of({ direction, name, state: "failed", code })));
        check(status(of({ direction, name, state: "declined", code })));
        for (const problemHere of [true, false])
          check(status(stopped({ direction, name }, code, problemHere)));
      }
    });

    it.each(CODES)("%s says on which side a disk pauses it", (code) => {
      const here = status(stopped({ direction }, code, true));
      const there = status(stopped({ direction }, code, false));
      expect(here.title).not.toContain("Ann");
      expect(there.title).toContain("Ann");
      expect(here.help).not.toBe(there.help);
    });

    it.each(["missing", "denied", "disk-full", "read-only", "unwritable"])(
      "%s of this computer is not taken for the partner's",
      (code) => {
        const failed = (codeHere: boolean) => status(of({ direction, state: "failed", code, codeHere }));
        const here = failed(true);
        check(here);
        expect(here.title + here.help).not.toContain("Ann");
        expect(explain(code, direction, "Ann", true)).toEqual(here);
        const isOfPartner = direction === "send" && !["missing", "denied"].includes(code);
        if (isOfPartner) expect(failed(false).title).toContain("Ann");
        if (isOfPartner) expect(here.title).not.toBe(failed(false).title);
      },
    );

    it("says whether a pause is about files or about the folder for them", () => {
      const files = language === "ko" ? "파일" : "files";
      const folder = language === "ko" ? "폴더" : "folder";
      for (const code of ["missing", "denied"])
        for (const problemHere of [true, false]) {
          const sends = (direction === "send") === problemHere;
          const { title } = status(stopped({ direction }, code, problemHere));
          expect(title).toContain(sends ? files : folder);
          expect(title).not.toContain(sends ? folder : files);
        }
    });

    it("does not promise that it goes on by itself while it is paused here as well", () => {
      const { paused } = stopped({}, "disk-full", true);
      const alone = status(of({ direction, state: "paused", paused }));
      const both = status(of({ direction, state: "paused", paused: { ...paused, here: true } }));
      expect(both.title).toBe(alone.title);
      expect(both.help).not.toBe(alone.help);
    });

    it("says who paused", () => {
      const by = (here: boolean, there: boolean) =>
        status(of({ direction, state: "paused", paused: { here, there, problem: null, problemHere: false } }))
          .title;
      expect(new Set([by(true, false), by(false, true), by(true, true)]).size).toBe(3);
      expect(by(false, true)).toContain("Ann");
      expect(by(true, false)).not.toContain("Ann");
    });

    it("says how many files failed", () => {
      expect(status(of({ direction, state: "done", filesFailed: 1_234 })).title).toContain("1,234");
    });
  });

  it("explains each code differently, and an unknown one with its name", () => {
    for (const direction of ["send", "receive"] as const) {
      const titles = TRANSFER_CODES.map((code) => explain(code, direction, "Ann").title);
      expect(new Set(titles).size).toBe(titles.length);
      expect(explain("of-a-later-version", direction, "Ann").help).toContain("of-a-later-version");
    }
  });
});

it("uses English plurals", () => {
  const { files } = TEXTS.en;
  expect(files.count(1, 0)).toBe("1 file");
  expect(files.count(1_204, 1)).toBe("1,204 files, 1 folder");
  expect(files.count(0, 2)).toBe("2 folders");
  expect(files.count(0, 0)).toBe("0 files");
  expect(files.present(1)).toBe("1 file was already there.");
  expect(files.present(1_204)).toBe("1,204 files were already there.");
  expect(files.actions.retry(1)).toBe("Try 1 file again");
  expect(files.dock(2, "62 %")).toBe("Files, 2 offers to answer, 62 % transferred");
  expect(files.dock(0, null)).toBe("Files");
});
