import { describe, expect, it } from "vitest";
import type { MediaState } from "../../call/types";
import { NO_MEDIA_STATS, sampleStats } from "../../gallery/sample-stats";
import { TEXTS } from "../../i18n/text";
import { codecName, pathOf, sectionsOf } from "./stats-sections";

const ALL_ON: MediaState = { microphone: true, camera: true, screen: true, hand: false };
const ON = { sent: ALL_ON, received: ALL_ON };
const texts = (stats = sampleStats(0), on = ON, language: "en" | "ko" = "en") =>
  Object.fromEntries(
    sectionsOf(stats, on, TEXTS[language], language).map((section) => [
      section.name,
      Object.fromEntries(section.rows.map(({ name, value }) => [name, value])),
    ]),
  );

describe("the rows", () => {
  it("are those of the connection and of each medium that is on", () => {
    expect(texts()).toEqual({
      connection: {
        "round-trip": "24 ms",
        loss: "0.1 %",
        "sent-loss": "0 %",
        jitter: "3.2 ms",
        received: "1.61 Mbit/s",
        sent: "1.42 Mbit/s",
        available: "2.8 Mbit/s",
        path: "Direct (host – srflx)",
      },
      "received-camera": {
        resolution: "1280 × 720",
        "frame-rate": "30 fps",
        codec: "VP8",
        "decode-time": "2.1 ms",
        frozen: "0 %",
      },
      "received-microphone": { codec: "opus", concealed: "0.2 %", buffer: "42 ms" },
      "sent-camera": {
        resolution: "1280 × 720",
        "frame-rate": "30 fps",
        codec: "VP8",
        "encode-time": "6.4 ms",
        limitation: "Nothing",
      },
      "sent-microphone": { codec: "opus" },
    });
  });

  it("are left out if they have no value", () => {
    const nothing = { roundTrip: null, loss: null, sentLoss: null, jitter: null, availableBitrate: null };
    const stats = sampleStats(0, { ...nothing, localCandidate: null, remoteCandidate: null, media: [] });
    expect(texts(stats)).toEqual({ connection: { received: "1.61 Mbit/s", sent: "1.42 Mbit/s" } });
  });

  it("leave out a camera that is off, although its last values are still reported", () => {
    const sent = { ...ALL_ON, camera: false };
    expect(Object.keys(texts(sampleStats(0), { sent, received: ALL_ON }))).toEqual([
      "connection",
      "received-camera",
      "received-microphone",
      "sent-microphone",
    ]);
  });

  it("contain a screen only while it is shared", () => {
    const screen = {
      ...NO_MEDIA_STATS,
      direction: "received",
      source: "screen",
      codec: "video/VP9",
    } as const;
    const stats = sampleStats(0, { media: [screen] });
    expect(texts(stats)["received-screen"]).toEqual({ codec: "VP9" });
    expect(
      texts(stats, { ...ON, received: { ...ALL_ON, screen: false } })["received-screen"],
    ).toBeUndefined();
  });

  it("are in Korean as well", () => {
    expect(texts(sampleStats(1), ON, "ko")).toMatchObject({
      connection: { path: "중계 서버 경유 (relay – srflx)", sent: "120 kbit/s" },
      "received-camera": { "frame-rate": "초당 8프레임" },
      "sent-camera": { limitation: "네트워크" },
    });
  });
});

it.each([
  ["host udp", "host udp", "direct"],
  ["srflx udp", "prflx udp", "direct"],
  ["relay udp relay over tcp", "host udp", "relay"],
  ["host", "relay", "relay"],
  [null, "relay udp", "relay"],
  [null, null, null],
] as const)("a path from %s to %s is %s", (localCandidate, remoteCandidate, path) => {
  expect(pathOf(sampleStats(0, { localCandidate, remoteCandidate }))).toBe(path);
});

it("names codecs without their media type", () => {
  expect(codecName("video/VP8")).toBe("VP8");
  expect(codecName("opus")).toBe("opus");
});
