import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { FakeBridge } from "../../../tests/fake-native";
import { detectEngine } from "./detect-engine";

afterEach(() => vi.unstubAllGlobals());

// The test environment has neither RTCPeerConnection nor Worker.

describe("a peer connection", () => {
  const closed = vi.fn();
  const stub = (createOffer: () => Promise<{ sdp?: string }>) =>
    vi.stubGlobal(
      "RTCPeerConnection",
      class {
        addTransceiver() {}
        createOffer = createOffer;
        close = closed;
      },
    );
  beforeEach(() => closed.mockClear());

  it("that can offer audio carries the call, also where there is a shell", async () => {
    stub(async () => ({ sdp: "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" }));
    vi.stubGlobal("HTMLMediaElement", class {});
    vi.stubGlobal("navigator", {});
    const bridge = new FakeBridge();
    const opened = vi.spyOn(bridge, "open");
    const engine = await detectEngine(bridge);
    expect(engine.kind).toBe("webview");
    expect(opened).not.toHaveBeenCalled();
    expect(closed).toHaveBeenCalledTimes(1);
    engine.close();
  });

  it.each([
    ["offers nothing", async () => ({ sdp: "v=0\r\n" })],
    ["cannot offer", () => Promise.reject(new Error("no backend"))],
  ])("that %s is closed, and is no engine", async (_, createOffer) => {
    stub(createOffer);
    expect((await detectEngine()).kind).toBe("none");
    expect(closed).toHaveBeenCalledTimes(1);
  });
});

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
