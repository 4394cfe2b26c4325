/** Devices of a call, on getUserMedia with the rules of browsers that cannot run here. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LocalMedia } from "../../src/call/local-media";
import type { Self } from "../../src/call/types";
import type { WebviewAudio } from "../../src/engine/webview/media/audio";
import { WebviewDevices } from "../../src/engine/webview/media/devices";
import { type CaptureRules, FakeCapture } from "../../src/engine/webview/testing/fake-capture";
import { fakeHost } from "../../src/gallery/fakes";
import { FakeEngine } from "../fake-engine";
import { settled } from "../settled";

const SAFARI =
  "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";
const CHROME = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

interface Seen {
  self: Partial<Self>;
  failures: string[];
  losses: string[];
}

function browser(second: CaptureRules["second"], userAgent: string) {
  const capture = new FakeCapture({ second, applyConstraints: "applied" });
  vi.stubGlobal("navigator", { mediaDevices: capture, userAgent });
  const audio = { meter: () => null } as unknown as WebviewAudio;
  const engine = new FakeEngine();
  Object.assign(engine, { devices: new WebviewDevices(audio) });
  const seen: Seen = { self: {}, failures: [], losses: [] };
  const media = new LocalMedia(engine, fakeHost().settings, {
    changed: (patch) => Object.assign(seen.self, patch),
    send: () => {},
    failed: (source, { code }) => seen.failures.push(`${source} ${code}`),
    lost: (source) => seen.losses.push(source),
    speaker: () => {},
  });
  return { capture, media, seen };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("isSecureContext", true);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const DEVICES = [
  ["microphone", "setMicrophone"],
  ["camera", "setCamera"],
] as const;
const RULES = [
  ["Safari", "ends the first", SAFARI],
  ["a browser that ends the first unexpectedly", "ends the first", CHROME],
  ["a computer that opens one at a time", "refused", CHROME],
  ["Chromium", "both live", CHROME],
] as const;

it.each(RULES.flatMap((rules) => DEVICES.map((device) => [...rules, ...device] as const)))(
  "in %s (%s), another %4$s replaces the one in use",
  async (_, second, userAgent, source, turn) => {
    const { capture, media, seen } = browser(second, userAgent);
    media[turn](true);
    await settled();
    media.selectDevice(source, "other");
    await settled();
    await vi.runAllTimersAsync();
    await settled();
    expect(seen.self[source]?.status).toBe("on");
    expect(capture.live.map(({ label }) => label)).toEqual(["other"]);
    expect(seen.self[`${source}Id`]).toBe("other");
    expect(seen.failures).toEqual([]);
    expect(seen.losses).toEqual([]);
    media.close();
    expect(capture.live).toEqual([]);
  },
);
