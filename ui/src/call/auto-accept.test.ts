import { describe, expect, it } from "vitest";
import { fakeTransfer } from "../gallery/fake-files";
import { remoteParticipant } from "../gallery/fakes";
import type { Transfer } from "../host/files";
import { newRule, ruleFor, rulesInForce, spend } from "./auto-accept";

const ANN = remoteParticipant("a", "Ann");
const RULE = newRule(ANN, 10_000_000);
const offer = (patch: Partial<Transfer> = {}) =>
  fakeTransfer({ participant: "a", state: "offered", ...patch });
const named = (...names: string[]) => ({
  names: names.map((name) => ({ name, folder: false, size: 1 })),
  files: names.length,
});

describe("an offer is accepted without a question", () => {
  it("if it is from that person, and within the size", () => {
    expect(ruleFor(offer({ bytes: 10_000_000 }), [RULE])).toBe(RULE);
  });

  it.each<[string, Partial<Transfer>]>([
    ["larger than permitted", { bytes: 10_000_001 }],
    ["from somebody else", { participant: "b" }],
    ["from somebody who is not here", { participant: null }],
    ["our own", { direction: "send" }],
    ["accepted already", { state: "active" }],
    ["a program", named("setup.exe")],
    ["with a program among others", named("a.jpg", "run.bat")],
    ["an archive", named("a.zip")],
    ["of names that it does not tell", { files: 2 }],
    ["of folders that it does not tell", { folders: 1 }],
    ["without any name", { names: [], files: 0 }],
  ])("but not if it is %s", (_, patch) => {
    expect(ruleFor(offer(patch), [RULE])).toBeNull();
  });

  it("until ten offers of the greatest size are accepted", () => {
    let rules = [RULE] as readonly (typeof RULE)[];
    for (let count = 0; count < 10; count += 1) {
      const rule = ruleFor(offer({ bytes: 10_000_000 }), rules);
      expect(rule).not.toBeNull();
      if (rule) rules = spend(rules, rule, 10_000_000);
    }
    expect(ruleFor(offer({ bytes: 1 }), rules)).toBeNull();
  });
});

describe("a rule", () => {
  it("ends when the person leaves or gets another ID", () => {
    expect(rulesInForce([RULE], [])).toEqual([]);
    expect(rulesInForce([RULE], [{ ...ANN, id: "new" }])).toEqual([]);
  });

  it("stays, as the same list, while they are here", () => {
    const rules = [RULE];
    expect(rulesInForce(rules, [{ ...ANN, name: "Ann B." }])).toBe(rules);
  });
});
