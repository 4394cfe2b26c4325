import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isTransferCode, TRANSFER_CODES } from "./transfer-codes";

it("are those of docs/transfer.md", () => {
  const page = readFileSync(new URL("../../../docs/transfer.md", import.meta.url), "utf8");
  const table = page.split("\n## Codes\n")[1]?.split("\n## ")[0] ?? "";
  const codes = table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([a-z-]+)`/g)].map(([, code]) => code));
  expect(codes.length).toBeGreaterThan(5);
  expect([...TRANSFER_CODES].sort()).toEqual(codes.sort());
});

it("are told from those of a later version", () => {
  expect(isTransferCode("disk-full")).toBe(true);
  expect(isTransferCode("of-a-later-version")).toBe(false);
});
