// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { FakeBridge, FakeWorker, startVideo } from "../../../tests/fake-native";
import { settled } from "../../../tests/fakes";
import { DeviceError, type EngineProblem } from "../types";
import { NativeEngine } from "./engine";
import { VideoWorker } from "./video-worker";

async function open(problems: EngineProblem[] = []) {
  const bridge = new FakeBridge();
  const { worker, video } = await startVideo(problems);
  const engine = await NativeEngine.open(bridge, async () => video);
  return { bridge, worker, engine };
}

test("opening connects the worker to the media socket", async () => {
  const { worker, engine } = await open();
  expect(worker.told).toEqual([{ type: "connect", url: "ws://127.0.0.1:4000/", token: "0123456789abcdef" }]);
  expect(engine).toMatchObject({
    kind: "native",
    problems: [],
    capabilities: { calls: true, microphone: true },
  });
  engine.close();
  expect(worker.terminated).toBe(true);
});

test("a shell without the engine leaves no worker behind", async () => {
  const bridge = new FakeBridge();
  bridge.open = () => Promise.reject(new Error("no such command"));
  const { worker, video } = await startVideo();
  await expect(NativeEngine.open(bridge, async () => video)).rejects.toThrow("no such command");
  await vi.waitFor(() => expect(worker.terminated).toBe(true));
});

test("what is missing for pictures is said, and the voice works all the same", async () => {
  const { engine } = await open(["no-vp8-encoder"]);
  expect(engine.problems).toEqual(["no-vp8-encoder"]);
  expect(engine.capabilities).toMatchObject({ camera: false, screen: false, microphone: true });
  const refused = engine.devices.openCamera(null);
  await expect(refused).rejects.toBeInstanceOf(DeviceError);
  await expect(refused).rejects.toMatchObject({
    code: "unsupported",
    detail: expect.stringMatching("vp8enc"),
  });
  await expect(engine.devices.openMicrophone(null)).resolves.toMatchObject({ source: "microphone" });
});

test("a camera that is not found is explained by what the computer has nothing to open it by", async () => {
  const { bridge, engine } = await open();
  const refuse = (name: string) => () => Promise.reject(Object.assign(new Error("no"), { name }));
  const mediaDevices = {
    getUserMedia: refuse("OverconstrainedError"),
    getDisplayMedia: refuse("NotAllowedError"),
  };
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { mediaDevices });
  const codes = async () =>
    (await Promise.allSettled([engine.devices.openCamera(null), engine.devices.openScreen("text")])).map(
      (result) => result.status === "rejected" && result.reason.code,
    );
  expect(await codes()).toEqual(["missing", "cancelled"]);
  bridge.missing = ["no-camera-portal"];
  expect(await codes()).toEqual(["no-camera-portal", "cancelled"]);
  bridge.missing = ["no-camera-portal", "no-screen-portal"];
  expect(await codes()).toEqual(["no-camera-portal", "no-screen-portal"]);
  bridge.missing = ["no-pipewire-plugin"];
  expect(await codes()).toEqual(["no-pipewire-plugin", "no-pipewire-plugin"]);
  bridge.lacks = () => Promise.reject(new Error("an older shell"));
  expect(await codes()).toEqual(["missing", "cancelled"]);
  vi.unstubAllGlobals();
});

test("what is missing to open devices by is known from the start", async () => {
  const bridge = new FakeBridge();
  bridge.missing = ["no-screen-portal"];
  const { video } = await startVideo();
  const engine = await NativeEngine.open(bridge, async () => video);
  expect(engine.problems).toEqual(["no-screen-portal"]);
});

test("a worker that never speaks is a problem, not a wait for ever", async () => {
  const worker = new FakeWorker();
  const video = await VideoWorker.start(() => worker as unknown as Worker, 1);
  expect(video.problems).toEqual(["no-video-worker"]);
  expect(worker.terminated).toBe(true);
});

test("microphones open one after the other; one that is gone is stood in for, other refusals are answers", async () => {
  const { bridge, engine } = await open();
  bridge.openMicrophoneAs = (id) =>
    id === "gone"
      ? { code: "missing", detail: "" }
      : id === "taken"
        ? { code: "busy", detail: "by x" }
        : null;
  const both = [engine.devices.openMicrophone("gone"), engine.devices.openMicrophone("m1")];
  expect((await Promise.all(both)).map(({ label }) => label)).toEqual(["default", "m1"]);
  expect(bridge.microphones).toEqual(["gone", null, "m1"]);
  await expect(engine.devices.openMicrophone("taken")).rejects.toMatchObject({
    code: "busy",
    detail: "by x",
  });
  bridge.openMicrophoneAs = () => ({ code: "new-in-another-version", detail: "?" });
  await expect(engine.devices.openMicrophone(null)).rejects.toMatchObject({ code: "failed" });
});

test("the microphone's level, mute and end", async () => {
  const { bridge, engine } = await open();
  const track = await engine.devices.openMicrophone(null);
  engine.hear({ type: "levels", microphone: -30, input: -15, remote: [] });
  expect([track.level(), track.inputLevel?.()]).toEqual([0.5, 0.75]);
  track.setMuted(true);
  expect([track.level(), track.inputLevel?.()]).toEqual([0, 0.75]);
  expect(bridge.commands).toEqual([{ type: "mute", stream: 2 ** 31 + 1, muted: true }]);
  let ended = 0;
  track.onEnded(() => {
    ended += 1;
  });
  engine.hear({ type: "microphone-ended", stream: 99 });
  expect(ended).toBe(0);
  engine.hear({ type: "microphone-ended", stream: 2 ** 31 + 1 });
  engine.hear({ type: "microphone-ended", stream: 2 ** 31 + 1 });
  expect(ended).toBe(1);
  track.stop();
  expect(bridge.types()).toEqual(["mute"]);
});

test("a microphone replaced by one that nobody wanted any more ends; one whose successor stays does not", async () => {
  const { bridge, engine } = await open();
  bridge.openMicrophoneAs = (id) => (id === "broken" ? { code: "unsupported", detail: "" } : null);
  const used = await engine.devices.openMicrophone("a");
  const ended = vi.fn();
  used.onEnded(ended);
  // Chosen, and another chosen before it was open: the third takes over.
  const [stale, chosen] = [engine.devices.openMicrophone("b"), engine.devices.openMicrophone("c")];
  void stale.then((track) => track.stop());
  const second = await chosen;
  second.onEnded(ended);
  used.stop();
  await settled();
  expect(ended).not.toHaveBeenCalled();
  // The third does not open: what is taken for live is not.
  const [again, broken] = [engine.devices.openMicrophone("d"), engine.devices.openMicrophone("broken")];
  void again.then((track) => track.stop());
  await expect(broken).rejects.toMatchObject({ code: "unsupported" });
  await settled();
  expect(ended).toHaveBeenCalledTimes(1);
  expect(second.level()).toBe(0);
});

test("a stopped microphone is closed, and does not say that it ended", async () => {
  const { bridge, engine } = await open();
  const track = await engine.devices.openMicrophone(null);
  const ended = vi.fn();
  track.onEnded(ended);
  track.stop();
  track.stop();
  engine.hear({ type: "microphone-ended", stream: 2 ** 31 + 1 });
  expect(bridge.commands).toEqual([{ type: "close-microphone", stream: 2 ** 31 + 1 }]);
  expect(ended).not.toHaveBeenCalled();
});

test("devices are the shell's, and changes are heard", async () => {
  const { engine } = await open();
  expect(await engine.devices.list()).toEqual([{ id: "m1", kind: "microphone", label: "Desk" }]);
  const changed = vi.fn();
  const forget = engine.devices.onChange(changed);
  engine.hear({ type: "devices-changed" });
  forget();
  engine.hear({ type: "devices-changed" });
  expect(changed).toHaveBeenCalledTimes(1);
});

test("events find their link, and those of links that are gone find nobody", async () => {
  const { bridge, engine } = await open();
  const messages: string[] = [];
  const options = (name: string) => ({
    iceServers: [],
    polite: false,
    offerFirst: true,
    send: () => {},
    events: {
      status: () => {},
      tracks: () => {},
      problems: () => {},
      open: () => {},
      message: (text: string) => messages.push(`${name} ${text}`),
    },
  });
  const first = engine.createLink(options("a"));
  engine.createLink(options("b"));
  bridge.emit({ type: "message", link: 2, text: "hi" });
  first.close();
  bridge.emit({ type: "message", link: 1, text: "late" });
  bridge.emit({ type: "message", link: 9, text: "?" });
  expect(messages).toEqual(["b hi"]);
});

test("a screen is not asked for where nothing could deliver it", async () => {
  const bridge = new FakeBridge();
  bridge.missing = ["no-graphics-card"];
  const { video } = await startVideo();
  const engine = await NativeEngine.open(bridge, async () => video);
  const getDisplayMedia = vi.fn();
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: vi.fn(), getDisplayMedia } });
  await expect(engine.devices.openScreen("text")).rejects.toMatchObject({ code: "no-graphics-card" });
  expect(getDisplayMedia).not.toHaveBeenCalled();
  vi.unstubAllGlobals();
});

test("a camera that the portal was too slow for is asked for again, a screen is not", async () => {
  const { bridge, engine } = await open();
  const missing = Object.assign(new Error("no"), { name: "OverconstrainedError" });
  const track = Object.assign(new EventTarget(), { label: "Camera", getSettings: () => ({}), stop: vi.fn() });
  const getUserMedia = vi.fn(() => Promise.reject(missing));
  const getDisplayMedia = vi.fn(() => Promise.reject(missing));
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia, getDisplayMedia } });

  await expect(engine.devices.openCamera(null)).rejects.toMatchObject({ code: "missing" });
  expect(getUserMedia).toHaveBeenCalledTimes(3);
  await expect(engine.devices.openScreen("text")).rejects.toBeInstanceOf(DeviceError);
  expect(getDisplayMedia).toHaveBeenCalledTimes(1);

  getUserMedia.mockClear();
  getUserMedia.mockImplementationOnce(() => Promise.reject(missing));
  getUserMedia.mockImplementationOnce(async () => ({ getVideoTracks: () => [track] }) as never);
  await expect(engine.devices.openCamera(null)).resolves.toMatchObject({ label: "Camera" });
  expect(getUserMedia).toHaveBeenCalledTimes(2);

  // Where the portal is missing, asking again would find it no more.
  getUserMedia.mockClear();
  bridge.missing = ["no-camera-portal"];
  await expect(engine.devices.openCamera(null)).rejects.toMatchObject({ code: "no-camera-portal" });
  expect(getUserMedia).toHaveBeenCalledTimes(1);
  vi.unstubAllGlobals();
});
