// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { FakeBridge, FakeWorker, startVideo } from "../../../tests/fake-native";
import { settled } from "../../../tests/settled";
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
  expect(worker.posted).toEqual([
    { type: "connect", url: "ws://127.0.0.1:4000/", token: "0123456789abcdef" },
  ]);
  expect(engine).toMatchObject({
    kind: "native",
    problems: [],
    capabilities: { calls: true, microphone: true },
  });
  engine.close();
  expect(worker.terminated).toBe(true);
});

test("the worker is terminated if the shell has no engine", async () => {
  const bridge = new FakeBridge();
  bridge.open = () => Promise.reject(new Error("no such command"));
  const { worker, video } = await startVideo();
  await expect(NativeEngine.open(bridge, async () => video)).rejects.toThrow("no such command");
  await vi.waitFor(() => expect(worker.terminated).toBe(true));
});

test("without a video encoder there is no camera or screen, and the microphone works", async () => {
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

test("a missing camera or screen is reported as the OS component that is missing", async () => {
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
  expect(await codes()).toEqual(["missing", "denied"]);
  bridge.missing = ["no-camera-portal"];
  expect(await codes()).toEqual(["no-camera-portal", "denied"]);
  bridge.missing = ["no-camera-portal", "no-screen-portal"];
  expect(await codes()).toEqual(["no-camera-portal", "no-screen-portal"]);
  bridge.missing = ["no-pipewire-plugin"];
  expect(await codes()).toEqual(["no-pipewire-plugin", "no-pipewire-plugin"]);
  bridge.missingComponents = () => Promise.reject(new Error("an older shell"));
  expect(await codes()).toEqual(["missing", "denied"]);
  vi.unstubAllGlobals();
});

test("missing OS components are problems of the engine from the start", async () => {
  const bridge = new FakeBridge();
  bridge.missing = ["no-screen-portal"];
  const { video } = await startVideo();
  const engine = await NativeEngine.open(bridge, async () => video);
  expect(engine.problems).toEqual(["no-screen-portal"]);
});

test("a worker that never becomes ready times out", async () => {
  const worker = new FakeWorker();
  const video = await VideoWorker.start(() => worker as unknown as Worker, 1);
  expect(video.problems).toEqual(["no-video-worker"]);
  expect(worker.terminated).toBe(true);
});

test("microphones open one after the other; a missing one is replaced by the default, other errors are reported", async () => {
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
  engine.onEvent({ type: "levels", microphone: -30, input: -15, remote: [] });
  expect([track.level(), track.inputLevel?.()]).toEqual([0.5, 0.75]);
  track.setMuted(true);
  expect([track.level(), track.inputLevel?.()]).toEqual([0, 0.75]);
  expect(bridge.commands).toEqual([{ type: "mute", stream: 2 ** 31 + 1, muted: true }]);
  let ended = 0;
  track.onEnded(() => {
    ended += 1;
  });
  engine.onEvent({ type: "microphone-ended", stream: 99 });
  expect(ended).toBe(0);
  engine.onEvent({ type: "microphone-ended", stream: 2 ** 31 + 1 });
  engine.onEvent({ type: "microphone-ended", stream: 2 ** 31 + 1 });
  expect(ended).toBe(1);
  track.stop();
  expect(bridge.types()).toEqual(["mute"]);
});

test("a microphone ends if its replacement was discarded, and not if that is in use", async () => {
  const { bridge, engine } = await open();
  bridge.openMicrophoneAs = (id) => (id === "broken" ? { code: "unsupported", detail: "" } : null);
  const used = await engine.devices.openMicrophone("a");
  const ended = vi.fn();
  used.onEnded(ended);
  // A third one is chosen before the second is open, and replaces it.
  const [stale, chosen] = [engine.devices.openMicrophone("b"), engine.devices.openMicrophone("c")];
  void stale.then((track) => track.stop());
  const second = await chosen;
  second.onEnded(ended);
  used.stop();
  await settled();
  expect(ended).not.toHaveBeenCalled();
  // The next replacement was discarded, and the one after it does not open.
  const [again, broken] = [engine.devices.openMicrophone("d"), engine.devices.openMicrophone("broken")];
  void again.then((track) => track.stop());
  await expect(broken).rejects.toMatchObject({ code: "unsupported" });
  await settled();
  expect(ended).toHaveBeenCalledTimes(1);
  expect(second.level()).toBe(0);
});

test("a stopped microphone is closed, without an ended event", async () => {
  const { bridge, engine } = await open();
  const track = await engine.devices.openMicrophone(null);
  const ended = vi.fn();
  track.onEnded(ended);
  track.stop();
  track.stop();
  engine.onEvent({ type: "microphone-ended", stream: 2 ** 31 + 1 });
  expect(bridge.commands).toEqual([{ type: "close-microphone", stream: 2 ** 31 + 1 }]);
  expect(ended).not.toHaveBeenCalled();
});

test("lists the shell's devices, and reports changes", async () => {
  const { engine } = await open();
  expect(await engine.devices.list()).toEqual([{ id: "m1", kind: "microphone", label: "Desk" }]);
  const changed = vi.fn();
  const forget = engine.devices.onChange(changed);
  engine.onEvent({ type: "devices-changed" });
  forget();
  engine.onEvent({ type: "devices-changed" });
  expect(changed).toHaveBeenCalledTimes(1);
});

test("events go to their link; those of closed or unknown links are ignored", async () => {
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

test("getDisplayMedia is not called without a graphics card", async () => {
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

test("a missing camera is tried again, because the portal may have been too slow; a screen is not", async () => {
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

  // Without the portal another attempt cannot succeed.
  getUserMedia.mockClear();
  bridge.missing = ["no-camera-portal"];
  await expect(engine.devices.openCamera(null)).rejects.toMatchObject({ code: "no-camera-portal" });
  expect(getUserMedia).toHaveBeenCalledTimes(1);
  vi.unstubAllGlobals();
});
