import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { en } from "../../../ui/src/i18n/en";
import { DesktopServices } from "./desktop-services";
import { joinAs } from "./native";
import { appWindow } from "./native-dialog";
import { test as base, expect, expectTile } from "./test";
import { button, byTestId } from "./webdriver";

const run = promisify(execFile);

/** From 4 for suspend and 8 for idle: `SUSPEND_AND_IDLE` of `src-tauri/src/awake/inhibitor.rs`. */
const SUSPEND_AND_IDLE = 12;

const test = base.extend<{ services: DesktopServices }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  services: async ({}, use) => {
    const services = new DesktopServices();
    await use(services);
    services.stop();
  },
  beforeApp: async ({ services }, use) => {
    await use(services.start);
  },
});

test("during a call the screen stays on, by the portal or the screen saver, and not after it", async ({
  app,
  services,
  room,
}) => {
  const { window } = app;
  await expect.poll(() => window.count(byTestId("start-join"))).toBe(1);
  expect(services.screen).toEqual([]);
  await joinAs(window, room, "Desk");
  await expect.poll(() => services.screen).toEqual(["portal.Inhibit"]);
  expect(services.calls.find(({ reason }) => reason === "Call")).toMatchObject({ flags: SUSPEND_AND_IDLE });
  await window.click(button(en.dock.leave));
  await expect.poll(() => services.screen).toEqual(["portal.Inhibit", "portal.Close"]);

  await services.refuseInhibit();
  await joinAs(window, room, "Desk");
  await expect.poll(() => services.screen.slice(2)).toEqual(["ScreenSaver.Inhibit"]);
  // The page's process ends: the screen may turn off, until the page that replaces it is in the call.
  process.kill(await app.webProcess(), "SIGKILL");
  const again = ["ScreenSaver.Inhibit", "ScreenSaver.UnInhibit", "ScreenSaver.Inhibit"];
  await expect.poll(() => services.screen.slice(2)).toEqual(again);
});

test("a window in the background counts unread messages and notifies, and a click brings it back", async ({
  app: { window, environment },
  services,
  room,
  enter,
}) => {
  await joinAs(window, room, "Desk");
  expect(await window.evaluate("return document.title")).toBe(`${room} · Maru`);
  const shown = await appWindow(environment);
  expect(shown).not.toBe("");
  await run("xdotool", ["windowunmap", "--sync", shown], { env: environment });

  const juno = await enter("Juno");
  await expectTile(window, "Juno");
  await juno.say("<b>점심</b> 먹을까요?");
  await expect
    .poll(() => services.notifications.map(({ summary, body }) => [summary, body]))
    .toEqual([
      [en.announcements.participantJoined("Juno"), ""],
      ["Juno", "&lt;b&gt;점심&lt;/b&gt; 먹을까요?"],
    ]);
  const { stdout } = await run("xdotool", ["getwindowname", shown], { env: environment });
  expect(stdout.trim()).toBe(`(1) ${room} · Maru`);

  const [, message] = services.notifications;
  if (message) await services.click(message);
  await expect.poll(() => appWindow(environment), "the window is visible").toBe(shown);
});
