// @vitest-environment jsdom
import { afterEach, expect, it, vi } from "vitest";
import { WebviewEngine } from "./engine";
import { Transceivers } from "./negotiation/transceivers";

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

it("divides what it has among its links by how large each shows the camera", () => {
  const engine = page(true, undefined);
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal(
    "RTCPeerConnection",
    class {
      signalingState = "stable";
      getTransceivers = () => [];
      close() {}
    },
  );
  const demands = vi.spyOn(Transceivers.prototype, "setDemand");
  const last = () => demands.mock.calls.slice(-3).map(([demand]) => demand);
  const nothing = () => {};
  const events = { status: nothing, tracks: nothing, problems: nothing, open: nothing, message: nothing };
  const links = [1, 2, 3].map(() =>
    engine.createLink({ iceServers: [], polite: true, offerFirst: false, send: nothing, events }),
  );
  expect(last().map(({ links }) => links)).toEqual([3, 3, 3]);
  links[0]?.setShownHeight("camera", 900);
  links[1]?.setShownHeight("camera", 100);
  links[2]?.setShownHeight("screen", 900);
  expect(last()).toEqual([
    { links: 3, shownHeight: 900, large: 1 },
    { links: 3, shownHeight: 100, large: 1 },
    { links: 3, shownHeight: null, large: 1 },
  ]);
  links[0]?.close();
  expect(last().slice(-2)).toEqual([
    { links: 2, shownHeight: 100, large: 0 },
    { links: 2, shownHeight: null, large: 0 },
  ]);
  engine.close();
});
