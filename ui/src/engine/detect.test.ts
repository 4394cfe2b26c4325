import { afterEach, expect, test, vi } from "vitest";
import { FakeBridge } from "../../tests/fake-native";
import { detectEngine } from "./detect";

afterEach(() => vi.unstubAllGlobals());

// No RTCPeerConnection here, and no Worker either.

test("without a peer connection and without a shell there is no media", async () => {
  expect((await detectEngine()).kind).toBe("none");
});

test("the shell carries the call where it can, with what this window has", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const listened = vi.fn();
  vi.stubGlobal("addEventListener", listened);
  const engine = await detectEngine(new FakeBridge());
  expect(engine).toMatchObject({
    kind: "native",
    problems: ["no-video-worker"],
    capabilities: { calls: true, microphone: true, camera: false },
  });
  // A page that goes while elements show tracks hangs (see video-element.ts).
  expect(listened).toHaveBeenCalledWith("pagehide", expect.any(Function));
  engine.close();
});

test("a shell that refuses leaves none", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const bridge = new FakeBridge();
  bridge.open = () => Promise.reject(new Error("not built in"));
  expect((await detectEngine(bridge)).kind).toBe("none");
  expect(warned).toHaveBeenCalled();
});
