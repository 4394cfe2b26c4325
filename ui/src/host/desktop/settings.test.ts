import { expect, test, vi } from "vitest";
import { DEFAULT_SETTINGS, type Settings } from "../types";
import { DesktopSettings } from "./settings";
import { type Shell, ShellError } from "./shell";

function fake(
  stored: Partial<Settings> = {},
  overridden: string | null = null,
  chosen: string | null = null,
) {
  let saved: Settings = { ...DEFAULT_SETTINGS, ...stored };
  const patches: Partial<Settings>[] = [];
  const shell = {
    getSettings: async () => saved,
    chooseDownloadFolder: async () => {
      if (chosen !== null) saved = { ...saved, downloadFolder: chosen };
      return chosen;
    },
    serverInfo: async () => ({ overridden, joined: null }),
    setServer: async (serverUrl: string) => {
      if (overridden === null) saved = { ...saved, serverUrl };
      return saved;
    },
    setSettings: async (patch: Partial<Settings>) => {
      patches.push(patch);
      saved = { ...saved, ...patch };
      return saved;
    },
  } as unknown as Shell;
  return { settings: new DesktopSettings(shell), shell, patches, saved: () => saved };
}

test("are the defaults until they are loaded", async () => {
  const { settings } = fake({ name: "Minji" });
  expect(settings.get()).toEqual(DEFAULT_SETTINGS);
  await settings.ready;
  expect(settings.get().name).toBe("Minji");
});

test("a change is visible at once, and changes made meanwhile are saved together", async () => {
  const { settings, patches, saved } = fake();
  await settings.ready;
  settings.set({ name: "a" });
  settings.set({ name: "b" });
  settings.set({ sounds: false });
  expect(settings.get()).toMatchObject({ name: "b", sounds: false });
  await vi.waitFor(() => expect(saved()).toMatchObject({ name: "b", sounds: false }));
  expect(patches).toEqual([{ name: "a" }, { name: "b", sounds: false }]);
});

test("a server given on the command line overrides the setting, and is not saved", async () => {
  const { settings, patches } = fake({ serverUrl: "https://a.example" }, "https://b.example");
  await settings.ready;
  expect(settings.get().serverUrl).toBe("https://b.example");
  settings.set({ name: "a" });
  await vi.waitFor(() => expect(patches).toEqual([{ name: "a" }]));
  expect(settings.get().serverUrl).toBe("https://b.example");
});

test("the server of an invitation becomes the setting", async () => {
  const { settings, saved } = fake({ serverUrl: "https://a.example" });
  await settings.ready;
  await settings.setServer("https://c.example");
  expect(settings.get().serverUrl).toBe("https://c.example");
  expect(saved().serverUrl).toBe("https://c.example");
});

test("the server of an invitation replaces that of the command line, and is not saved then", async () => {
  const { settings, saved } = fake({ serverUrl: "https://a.example" }, "https://b.example");
  await settings.ready;
  await settings.setServer("https://c.example");
  settings.set({ name: "a" });
  await vi.waitFor(() => expect(saved().name).toBe("a"));
  expect(settings.get().serverUrl).toBe("https://c.example");
  expect(saved().serverUrl).toBe("https://a.example");
});

test("a server that cannot be saved is used; one that the shell refuses is not", async () => {
  for (const [code, server] of [
    ["not-saved", "https://c.example"],
    ["invalid-setting", "https://a.example"],
  ] as const) {
    const { settings, shell } = fake({ serverUrl: "https://a.example" });
    await settings.ready;
    shell.setServer = () => Promise.reject(new ShellError(code, ""));
    await settings.setServer("https://c.example").catch(() => undefined);
    expect(settings.get().serverUrl).toBe(server);
  }
});

test("a download folder that was chosen is visible and not saved by the page", async () => {
  const { settings, patches } = fake({}, null, "/home/minji/files");
  await settings.ready;
  const received: (string | null)[] = [];
  settings.subscribe(({ downloadFolder }) => received.push(downloadFolder));
  await settings.chooseDownloadFolder();
  expect(received).toEqual(["/home/minji/files"]);
  settings.set({ downloadFolder: null });
  await vi.waitFor(() => expect(patches).toEqual([{ downloadFolder: null }]));
});

test("a cancelled dialog changes no setting", async () => {
  const { settings } = fake({ downloadFolder: "/home/minji/files" });
  await settings.ready;
  await settings.chooseDownloadFolder();
  expect(settings.get().downloadFolder).toBe("/home/minji/files");
});
