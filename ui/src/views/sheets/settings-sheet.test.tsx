// @vitest-environment jsdom
import { act, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { renderView } from "../../../tests/render";
import type { CallState } from "../../call/types";
import { CAPABLE, fakeHost, IDLE, INCAPABLE } from "../../gallery/fakes";
import { SettingsSheet } from "./settings-sheet";

const open = (engine: Partial<CallState["engine"]>, kind: "browser" | "desktop" = "desktop") =>
  renderView(
    <SettingsSheet onClose={() => undefined} />,
    { ...IDLE, engine: { kind: "native", capabilities: CAPABLE, problems: [], ...engine } },
    { host: fakeHost(kind, { language: "en" }) },
  );

it("selects a headset with one click, and back", () => {
  const { host } = open({});
  fireEvent.click(screen.getByRole("radio", { name: "Headset" }));
  expect(host.settings.get().echoCancellation).toBe(false);
  fireEvent.click(screen.getByRole("radio", { name: "Speakers" }));
  expect(host.settings.get().echoCancellation).toBe(true);
  fireEvent.click(screen.getByRole("switch", { name: "Reduce background noise" }));
  expect(host.settings.get()).toMatchObject({ noiseSuppression: false, gainControl: true });
});

it("has a mirror and a place in the call for one's own picture", () => {
  const { host } = open({});
  fireEvent.click(screen.getByRole("switch", { name: "Show yourself as in a mirror" }));
  expect(host.settings.get()).toMatchObject({ mirrorSelf: false, hideSelf: false });
  fireEvent.click(screen.getByRole("switch", { name: "Show yourself in the call" }));
  expect(host.settings.get()).toMatchObject({ mirrorSelf: false, hideSelf: true });
});

it("names the missing package, and lists what works", () => {
  open({ problems: ["no-vp8-encoder"] });
  const about = screen.getByRole("region", { name: "About this computer" });
  expect(about.textContent).toContain("gstreamer1.0-plugins-good");
  expect(about.querySelectorAll(".check-fine")).toHaveLength(6);
});

it("distinguishes what works at a higher cost from what does not work", () => {
  open({ problems: ["slow-frame-access", "slow-frame-display"] });
  const about = screen.getByRole("region", { name: "About this computer" });
  expect(about.textContent).toContain("Works, but takes more CPU");
  expect(about.querySelectorAll(".check-fine")).toHaveLength(5);
});

it("explains why there are no devices to select from", () => {
  const capabilities = { ...INCAPABLE, calls: true };
  open({ kind: "webview", capabilities, problems: ["insecure-page"] }, "browser");
  screen.getByText("Camera and microphone need https://");
});

it("has no section about the computer in a browser", () => {
  open({ kind: "webview" }, "browser");
  expect(screen.queryByRole("region", { name: "About this computer" })).toBeNull();
});

describe("notifications", () => {
  const named = (name: RegExp) => screen.queryByRole("switch", { name });
  const on = () => named(/^Tell me of messages/) as HTMLInputElement;

  it("of a browser are asked for when they are turned on, and not before", async () => {
    const { host } = open({}, "browser");
    expect([on().checked, host.notifications.asked]).toEqual([false, 0]);
    expect(named(/^Leave out/)).toBeNull();
    await act(async () => fireEvent.click(on()));
    expect([on().checked, host.notifications.asked]).toEqual([true, 1]);
    fireEvent.click(named(/^Leave out/) as HTMLElement);
    expect(host.settings.get()).toMatchObject({ notifications: true, hideMessageText: true });
    await act(async () => fireEvent.click(on()));
    expect([on().checked, host.settings.get().notifications]).toEqual([false, false]);
  });

  it("that the browser blocks are off, with what to do", async () => {
    const { host } = open({}, "browser");
    host.notifications.answer = "denied";
    await act(async () => fireEvent.click(on()));
    expect(on().checked).toBe(false);
    screen.getByText(/Your browser blocks notifications/);
  });

  it("of the desktop are on", () => {
    const { host } = open({});
    expect([on().checked, host.notifications.asked]).toEqual([true, 0]);
  });
});

describe("the download folder", () => {
  const folder = () => within(screen.getByRole("group", { name: "Save received files in" }));
  const choose = () => folder().getByRole("button", { name: "Choose…" });

  it("is the system's until one is chosen, and again after a reset", async () => {
    const { host } = open({});
    folder().getByText("The system's Downloads folder");
    expect(folder().queryByRole("button", { name: "Reset" })).toBeNull();
    await act(async () => fireEvent.click(choose()));
    expect(host.settings.get().downloadFolder).toBe("/home/minji/받은 파일");
    folder().getByText("받은 파일");
    expect(folder().queryByText("The system's Downloads folder")).toBeNull();
    const reset = folder().getByRole("button", { name: "Reset" });
    reset.focus();
    fireEvent.click(reset);
    expect(host.settings.get().downloadFolder).toBeNull();
    folder().getByText("The system's Downloads folder");
    expect(document.activeElement).toBe(choose());
  });

  it.each([
    ["/home/minji/a\\b", "a\\b"],
    ["/media/card/", "card"],
    ["C:\\Users\\minji\\Files", "Files"],
    ["D:\\", "D:"],
    ["/", "/"],
  ])("%s has the name %s", (downloadFolder, name) => {
    const { host } = open({});
    act(() => host.settings.set({ downloadFolder }));
    expect(folder().getByTitle(downloadFolder).textContent).toBe(name);
  });

  it("is asked for once at a time, and says when it cannot be used", async () => {
    const { host } = open({});
    let refuse: (error: Error) => void = () => undefined;
    const dialog = vi.fn(() => new Promise<void>((_, reject) => (refuse = reject)));
    host.settings.chooseDownloadFolder = dialog;
    fireEvent.click(choose());
    fireEvent.click(choose());
    expect(dialog).toHaveBeenCalledTimes(1);
    vi.spyOn(console, "warn").mockImplementationOnce(() => undefined);
    await act(async () => refuse(new Error("not Unicode")));
    folder().getByText("This folder cannot be used. Choose another one.");
    fireEvent.click(choose());
    expect(dialog).toHaveBeenCalledTimes(2);
    expect(folder().queryByText("This folder cannot be used. Choose another one.")).toBeNull();
  });

  it("is not offered in a browser", () => {
    open({}, "browser");
    expect(screen.queryByRole("group", { name: "Save received files in" })).toBeNull();
  });
});
