import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileDrag } from "./file-drag";
import { begin, invoke, openChannel, received } from "./invoke";
import { NativeDialog, requestClose } from "./native-dialog";
import { test as base, expect } from "./test";
import { byTestId } from "./webdriver";

/** The app's environment: its display, and its home folder. */
const test = base.extend<{ environment: NodeJS.ProcessEnv }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  environment: async ({}, use) => {
    await use({});
  },
  beforeApp: async ({ environment }, use) => {
    await use(async (found) => {
      Object.assign(environment, found);
    });
  },
});

const SOMEONE = "00000000-0000-4000-8000-000000000001";

test.beforeEach(async ({ app }) => {
  await expect.poll(() => app.window.count(byTestId("start-join"))).toBe(1);
});

test("files from outside reach the page by drags and dialogs, and never by path", async ({
  app,
  environment,
}) => {
  const { window } = app;

  await test.step("dropped files reach the page by name, size and token, and never by path", async () => {
    const folder = join(environment.HOME ?? "", "보낼 것 100%");
    await mkdir(join(folder, "사진"), { recursive: true });
    await writeFile(join(folder, "바다 #1.jpg"), "12345");
    await invoke(window, "files_drags", { channel: await openChannel(window, "__drags") });
    const drag = await FileDrag.start(environment, join(folder, "바다 #1.jpg"), join(folder, "사진"));

    expect(await drag.over(300, 200)).toBe(true);
    await expect.poll(() => received(window, "__drags")).toContainEqual({ type: "over", x: 300, y: 200 });
    expect(await drag.drop()).toBe(true);
    const dropped = {
      type: "drop",
      x: 300,
      y: 200,
      token: expect.stringMatching(/^[0-9a-f]{32}$/),
      items: [
        { name: "바다 #1.jpg", folder: false, size: 5 },
        { name: "사진", folder: true, size: null },
      ],
    };
    await expect.poll(async () => (await received(window, "__drags")).at(-1)).toEqual(dropped);
    expect(JSON.stringify(await received(window, "__drags"))).not.toContain(folder);
    drag.end();

    const [{ token = "" } = {}] = (await received(window, "__drags")).slice(-1) as { token?: string }[];
    const to = [SOMEONE];
    expect(await invoke(window, "files_offer_dropped", { token, to: [] })).toMatchObject({
      error: { code: "invalid-receivers" },
    });
    expect(await invoke(window, "files_offer_dropped", { token, to })).toEqual({ value: null });
    // One token, one offer.
    expect(await invoke(window, "files_offer_dropped", { token, to })).toMatchObject({
      error: { code: "not-dropped" },
    });
    // The webview did not open the file.
    expect(await window.count(byTestId("start-join"))).toBe(1);
  });

  await test.step("a drag that leaves is reported, and links to web pages are not files", async () => {
    const file = join(environment.HOME ?? "", "a");
    await writeFile(file, "");
    await invoke(window, "files_drags", { channel: await openChannel(window, "__drags") });
    const away = await FileDrag.start(environment, file);
    expect(await away.over(10, 10)).toBe(true);
    await away.leave();
    await expect.poll(async () => (await received(window, "__drags")).at(-1)).toEqual({ type: "leave" });
    away.end();

    const before = (await received(window, "__drags")).length;
    const link = await FileDrag.start(environment, "https://example.invalid/a");
    await link.over(20, 20);
    await link.drop();
    await expect
      .poll(async () => (await received(window, "__drags")).slice(before))
      .toEqual([expect.objectContaining({ type: "drop", items: [] })]);
    link.end();
    expect(await window.evaluate<string>("return location.protocol")).toBe("tauri:");
  });

  await test.step("the download folder comes from a dialog", async () => {
    const folder = join(environment.HOME ?? "", "received");
    await mkdir(folder);
    await begin(window, "files_choose_folder");
    const cancelled = await NativeDialog.find(environment, "Choose the folder for received files");
    // One dialog at a time.
    expect(await invoke(window, "files_pick", { kind: "files", to: [SOMEONE] })).toMatchObject({
      error: { code: "busy" },
    });
    await cancelled.cancel();

    await begin(window, "files_choose_folder");
    await (await NativeDialog.find(environment, "Choose the folder for received files")).select(folder);
    await expect.poll(() => window.evaluate("return globalThis.__answer")).toEqual({ value: folder });
    expect(await app.settings()).toMatchObject({ downloadFolder: folder });
    expect(await invoke(window, "settings_set", { patch: { downloadFolder: "/" } })).toMatchObject({
      error: { code: "invalid-setting" },
    });
    expect(await app.settings()).toMatchObject({ downloadFolder: folder });
    await invoke(window, "settings_set", { patch: { downloadFolder: null } });
    expect(await app.settings()).toMatchObject({ downloadFolder: null });
  });

  await test.step("the page's own functions are not replaced by plugins", async () => {
    for (const name of ["alert", "confirm", "Notification"]) {
      const source = await window.evaluate<string>("return String(globalThis[arguments[0]])", name);
      expect(source, name).toMatch(/\[native code\]|^undefined$/);
    }
  });

  await test.step("the next page has no tokens of the last one", async () => {
    const file = join(environment.HOME ?? "", "a");
    await writeFile(file, "");
    await invoke(window, "files_drags", { channel: await openChannel(window, "__drags") });
    const drag = await FileDrag.start(environment, file);
    expect(await drag.over(300, 200)).toBe(true);
    expect(await drag.drop()).toBe(true);
    drag.end();
    await expect
      .poll(async () => (await received(window, "__drags")).at(-1))
      .toMatchObject({ type: "drop", items: [{ name: "a" }] });
    const [{ token = "" } = {}] = (await received(window, "__drags")).slice(-1) as { token?: string }[];
    await window.reload();
    await expect.poll(() => window.count(byTestId("start-join"))).toBe(1);
    expect(await invoke(window, "files_offer_dropped", { token, to: [SOMEONE] })).toMatchObject({
      error: { code: "not-dropped" },
    });
  });

  await test.step("without transfers the window closes at once", async () => {
    expect(await app.webProcess()).not.toBe(0);
    await requestClose(environment);
    await expect.poll(() => app.webProcess()).toBe(0);
  });
});

test.describe("on a display with two pixels for each CSS pixel", () => {
  test.use({ appEnvironment: { GDK_SCALE: "2" } });

  test("the point of a drag is in CSS pixels", async ({ app: { window }, environment }) => {
    expect(await window.evaluate("return devicePixelRatio")).toBe(2);
    const file = join(environment.HOME ?? "", "a");
    await writeFile(file, "");
    await invoke(window, "files_drags", { channel: await openChannel(window, "__drags") });
    const drag = await FileDrag.start(environment, file);
    expect(await drag.over(600, 400)).toBe(true);
    await expect.poll(() => received(window, "__drags")).toContainEqual({ type: "over", x: 300, y: 200 });
    expect(await drag.drop()).toBe(true);
    await expect
      .poll(async () => (await received(window, "__drags")).at(-1))
      .toMatchObject({ type: "drop", x: 300, y: 200 });
    drag.end();
  });
});
