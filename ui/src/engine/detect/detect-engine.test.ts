import { afterEach, expect, test, vi } from "vitest";
import { FakeBridge } from "../../../tests/fake-native";
import { detectEngine } from "./detect-engine";

afterEach(() => vi.unstubAllGlobals());

// The test environment has neither RTCPeerConnection nor Worker.

test("without a peer connection and without a shell there is no media", async () => {
  expect((await detectEngine()).kind).toBe("none");
});

test("with a shell the native engine is used, with the capabilities of this window", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const listen = vi.fn();
  vi.stubGlobal("addEventListener", listen);
  const engine = await detectEngine(new FakeBridge());
  expect(engine).toMatchObject({
    kind: "native",
    problems: ["no-video-worker"],
    capabilities: { calls: true, microphone: true, camera: false },
  });
  // Unloading a page whose elements show tracks can hang (see attached-elements.ts).
  expect(listen).toHaveBeenCalledWith("pagehide", expect.any(Function));
  engine.close();
});

test("without a native engine in the shell there is no media", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const bridge = new FakeBridge();
  bridge.open = () => Promise.reject(new Error("not built in"));
  expect((await detectEngine(bridge)).kind).toBe("none");
  expect(warned).toHaveBeenCalled();
});
