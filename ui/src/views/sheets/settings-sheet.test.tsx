// @vitest-environment jsdom
import { fireEvent, screen } from "@testing-library/react";
import { expect, it } from "vitest";
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
  fireEvent.click(screen.getByRole("switch", { name: "Take out noise" }));
  expect(host.settings.get()).toMatchObject({ noiseSuppression: false, gainControl: true });
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
  expect(about.textContent).toContain("Works, at more cost");
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
