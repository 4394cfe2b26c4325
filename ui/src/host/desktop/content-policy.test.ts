import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the shell's page runs scripts of the app alone: unlike a guest's, it needs no WebAssembly", () => {
  const file = new URL("../../../../src-tauri/tauri.conf.json", import.meta.url);
  const policy = JSON.parse(readFileSync(file, "utf8")).app.security.csp;
  expect(policy["default-src"]).toBe("'none'");
  expect(policy["script-src"]).toBe("'self'");
});
