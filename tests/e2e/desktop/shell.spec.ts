import { en } from "../../../ui/src/i18n/en";
import { invoke } from "./invoke";
import { joinAs } from "./native";
import { expect, test } from "./test";
import { button, byTestId } from "./webdriver";

test("the page has what the app grants it, and nothing else", async ({ app: { window }, room }) => {
  await expect.poll(() => window.count(byTestId("start-join"))).toBe(1);

  await test.step("invalid arguments get a typed error and change nothing", async () => {
    const someone = "00000000-0000-4000-8000-000000000001";
    for (const [command, args, code] of [
      ["signaling_join", { turn: 1, room: "a b", name: "x" }, "invalid-room"],
      ["signaling_join", { turn: 1, room: "a", name: "x".repeat(65) }, "invalid-name"],
      ["signaling_join", { turn: 1, room: "a", name: "x", token: "x".repeat(5000) }, "bad-message"],
      ["signaling_signal", { from: someone, to: someone, data: "x".repeat(33_000) }, "too-large"],
      ["settings_set", { patch: { serverUrl: "file:///etc/passwd" } }, "invalid-setting"],
      ["settings_set", { patch: { unheardOf: true } }, "invalid-setting"],
      ["settings_set", { patch: { downloadFolder: "/" } }, "invalid-setting"],
      ["files_pick", { kind: "files", to: [] }, "invalid-receivers"],
      ["files_pick", { kind: "folder", to: Array(257).fill(someone) }, "invalid-receivers"],
      ["files_offer_dropped", { token: "/etc/passwd", to: [someone] }, "not-dropped"],
      ["files_control", { action: "reveal", id: "0".repeat(32), direction: "send" }, "missing"],
      ["open_external", { url: "file:///etc/passwd" }, "invalid-link"],
      ["open_external", { url: "javascript:alert(1)" }, "invalid-link"],
    ] as const) {
      expect(await invoke(window, command, args), command).toMatchObject({ error: { code } });
    }
    for (const [command, args] of [
      ["signaling_join", {}],
      ["signaling_signal", { from: someone, to: "nobody", data: 1 }],
      ["signaling_signal", { from: "nobody", to: someone, data: 1 }],
      ["settings_set", { patch: [] }],
      ["files_pick", { kind: "everything", to: [someone] }],
      ["files_pick", { kind: "files", to: ["nobody"] }],
      ["files_accept", { id: "../etc", ask: false, byRule: false }],
      ["files_decline", { id: "0".repeat(33) }],
      ["files_control", { action: "open", id: "0".repeat(32), direction: "send" }],
      ["files_control", { action: "pause", id: "0".repeat(32), direction: "up" }],
      ["files_entries", { id: "0".repeat(32), direction: "send", first: -1, count: 1 }],
      ["files_thumbnail", { id: "0".repeat(32), direction: "receive" }],
    ] as const) {
      expect(await invoke(window, command, args), command).toHaveProperty("error");
    }
  });

  await test.step("no command of Tauri itself is granted to the page", async () => {
    for (const command of [
      "plugin:opener|open_url",
      "plugin:opener|open_path",
      "plugin:opener|reveal_item_in_dir",
      "plugin:dialog|open",
      "plugin:dialog|message",
      "plugin:notification|notify",
      "plugin:fs|read_text_file",
      "plugin:window-state|save_window_state",
      "plugin:window|close",
      "plugin:webview|create_webview_window",
      "plugin:event|listen",
      "plugin:path|resolve_directory",
      "plugin:app|version",
      "plugin:menu|new",
    ]) {
      const answer = (await invoke(window, command, { url: "https://example.org", path: "/" })) as object;
      expect(String((answer as { error?: unknown }).error), command).toMatch(/not allowed|not found/);
    }
  });

  await test.step("the content security policy blocks content from outside the app", async () => {
    const ran = await window.evaluate<boolean>(
      `const script = document.createElement("script");
     script.textContent = "globalThis.__injected = true";
     document.head.append(script);
     return globalThis.__injected === true;`,
    );
    expect(ran, "an inline script").toBe(false);
    await window.evaluate(
      `fetch("http://192.0.2.1/").then(() => { globalThis.__fetched = "yes"; },
       (error) => { globalThis.__fetched = "refused"; });
     globalThis.__violations = [];
     document.addEventListener("securitypolicyviolation", (event) => __violations.push(event.effectiveDirective));`,
    );
    await expect.poll(() => window.evaluate("return globalThis.__violations")).toContain("connect-src");
  });

  await test.step("the window cannot navigate away from the app", async () => {
    const before = await window.evaluate<string>("return location.href");
    await window.evaluate(`location.href = "https://example.invalid/"`);
    await window.evaluate(`window.open("https://example.invalid/")`);
    // A page that had started to navigate would answer with another URL.
    await expect.poll(() => window.evaluate("return document.readyState")).toBe("complete");
    expect(await window.evaluate<string>("return location.href")).toBe(before);
    expect(await window.count(byTestId("start-join"))).toBe(1);
  });

  await test.step("the app's own page gets camera and microphone, with device names", async () => {
    await window.evaluate(
      `navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then(async (stream) => {
       const devices = await navigator.mediaDevices.enumerateDevices();
       globalThis.__media = {
         tracks: stream.getTracks().map((track) => track.kind).sort(),
         named: devices.some((device) => device.label !== ""),
       };
       for (const track of stream.getTracks()) track.stop();
     }, (error) => { globalThis.__media = String(error); });`,
    );
    await expect
      .poll(() => window.evaluate("return globalThis.__media"))
      .toEqual({ tracks: ["audio", "video"], named: true });
  });

  await test.step("copied text is on the clipboard", async () => {
    await joinAs(window, room, "Desk");
    // Checked where the page passes it on: the display's own clipboard is not readable from here.
    await window.evaluate(
      `globalThis.__copied = [];
     const write = navigator.clipboard.writeText.bind(navigator.clipboard);
     navigator.clipboard.writeText = (text) => write(text).then(() => { __copied.push(text); });`,
    );
    await window.click(button(en.call.copyLink));
    await expect
      .poll(() => window.evaluate<string[]>("return globalThis.__copied"))
      .toEqual([expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/r/${room}$`))]);
  });
});
