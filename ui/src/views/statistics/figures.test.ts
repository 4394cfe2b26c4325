import { describe, expect, it } from "vitest";
import type { MediaState } from "../../call/types";
import { figures, NO_MEDIA_STATS } from "../../gallery/figures";
import { TEXTS } from "../../i18n/text";
import { codecName, pathOf, sectionsOf } from "./figures";

const ALL_ON: MediaState = { microphone: true, camera: true, screen: true, hand: false };
const ON = { sent: ALL_ON, received: ALL_ON };
const shown = (stats = figures(0), on = ON, language: "en" | "ko" = "en") =>
  Object.fromEntries(
    sectionsOf(stats, on, TEXTS[language], language).map((section) => [
      section.name,
      Object.fromEntries(section.figures.map(({ name, value }) => [name, value])),
    ]),
  );

describe("figures in words", () => {
  it("are those of the connection and of each thing that flows", () => {
    expect(shown()).toEqual({
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
        "frame-rate": "30 per second",
        codec: "VP8",
        "decode-time": "2.1 ms",
        frozen: "0 %",
      },
      "received-microphone": { codec: "opus", concealed: "0.2 %", buffer: "42 ms" },
      "sent-camera": {
        resolution: "1280 × 720",
        "frame-rate": "30 per second",
        codec: "VP8",
        "encode-time": "6.4 ms",
        limitation: "Nothing",
      },
      "sent-microphone": { codec: "opus" },
    });
  });

  it("are left out where they are not known", () => {
    const nothing = { roundTrip: null, loss: null, sentLoss: null, jitter: null, availableBitrate: null };
    const stats = figures(0, { ...nothing, localCandidate: null, remoteCandidate: null, media: [] });
    expect(shown(stats)).toEqual({ connection: { received: "1.61 Mbit/s", sent: "1.42 Mbit/s" } });
  });

  it("leave out a camera that is off, whatever it showed last", () => {
    const sent = { ...ALL_ON, camera: false };
    expect(Object.keys(shown(figures(0), { sent, received: ALL_ON }))).toEqual([
      "connection",
      "received-camera",
      "received-microphone",
      "sent-microphone",
    ]);
  });

  it("are there for shared screens while they are shared", () => {
    const screen = {
      ...NO_MEDIA_STATS,
      direction: "received",
      source: "screen",
      codec: "video/VP9",
    } as const;
    const stats = figures(0, { media: [screen] });
    expect(shown(stats)["received-screen"]).toEqual({ codec: "VP9" });
    expect(
      shown(stats, { ...ON, received: { ...ALL_ON, screen: false } })["received-screen"],
    ).toBeUndefined();
  });

  it("are in Korean, too", () => {
    expect(shown(figures(1), ON, "ko")).toMatchObject({
      connection: { path: "중계 서버를 거쳐서 (relay – srflx)", sent: "120 kbit/s" },
      "received-camera": { "frame-rate": "초당 8장" },
      "sent-camera": { limitation: "연결" },
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
  expect(pathOf(figures(0, { localCandidate, remoteCandidate }))).toBe(path);
});

it("names codecs without their kind", () => {
  expect(codecName("video/VP8")).toBe("VP8");
  expect(codecName("opus")).toBe("opus");
});
