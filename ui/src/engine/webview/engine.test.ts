// @vitest-environment jsdom
import { afterEach, expect, it, vi } from "vitest";
import { WebviewEngine } from "./engine";

afterEach(() => vi.unstubAllGlobals());

/** A page; outside secure contexts there is no `mediaDevices` (Media Capture and Streams §9.1). */
function page(secure: boolean, mediaDevices: object | undefined): WebviewEngine {
  vi.stubGlobal("isSecureContext", secure);
  vi.stubGlobal("navigator", { mediaDevices });
  return new WebviewEngine();
}

it("carries calls on a page from http://, and reports why it has no devices", async () => {
  const engine = page(false, undefined);
  expect(engine.capabilities).toMatchObject({ calls: true, microphone: false, camera: false, screen: false });
  expect(engine.problems).toEqual(["insecure-page"]);
  expect(await engine.devices.list()).toEqual([]);
  await expect(engine.devices.openMicrophone(null)).rejects.toMatchObject({ code: "insecure" });
});

it("has no problem on a page from https://", () => {
  const nothing = () => undefined;
  const engine = page(true, { getUserMedia: nothing, getDisplayMedia: nothing });
  expect(engine.capabilities).toMatchObject({ calls: true, microphone: true, camera: true, screen: true });
  expect(engine.problems).toEqual([]);
});

it("does not report an insecure page when the browser has no capture API", () => {
  const engine = page(true, undefined);
  expect(engine.capabilities).toMatchObject({ calls: true, microphone: false, camera: false });
  expect(engine.problems).toEqual([]);
});
