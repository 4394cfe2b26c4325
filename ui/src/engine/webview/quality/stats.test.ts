import { describe, expect, it } from "vitest";
import { StatsSampler } from "./stats";

const sample = (at: number, bytes: number, received: number, lost: number) => [
  { id: "T", type: "transport", timestamp: at, selectedCandidatePairId: "P" },
  {
    id: "P",
    type: "candidate-pair",
    timestamp: at,
    bytesSent: bytes,
    bytesReceived: bytes * 2,
    currentRoundTripTime: 0.02,
    localCandidateId: "L",
    remoteCandidateId: "R",
  },
  {
    id: "L",
    type: "local-candidate",
    timestamp: at,
    candidateType: "relay",
    protocol: "udp",
    relayProtocol: "tcp",
  },
  { id: "R", type: "remote-candidate", timestamp: at, candidateType: "host", protocol: "udp" },
  { id: "C", type: "codec", timestamp: at, mimeType: "video/VP8" },
  {
    id: "I",
    type: "inbound-rtp",
    kind: "video",
    mid: "1",
    codecId: "C",
    timestamp: at,
    framesDecoded: 30,
    frameWidth: 640,
    packetsReceived: received,
    packetsLost: lost,
  },
  { id: "S", type: "media-source", timestamp: at, totalAudioEnergy: 0.5 },
  {
    id: "O",
    type: "outbound-rtp",
    kind: "audio",
    mid: "0",
    mediaSourceId: "S",
    timestamp: at,
    packetsSent: 7,
  },
  {
    id: "X",
    type: "inbound-rtp",
    kind: "audio",
    mid: "9",
    timestamp: at,
    jitter: 0.004,
    packetsReceived: 0,
    packetsLost: 0,
  },
];

it("turns two reports into rates, loss, candidates and media", () => {
  const sampler = new StatsSampler();
  const sourceOf = (mid: string | null) => (mid === "0" ? "microphone" : mid === "1" ? "camera" : null);
  const first = sampler.summarise(sample(1_000, 1_000, 100, 0), sourceOf);
  expect(first).toMatchObject({ sentBitrate: 0, receivedBitrate: 0, roundTrip: 20, jitter: 4 });
  const second = sampler.summarise(sample(3_000, 26_000, 190, 10), sourceOf);
  expect(second).toMatchObject({
    sentBitrate: 100_000,
    receivedBitrate: 200_000,
    loss: 0.1,
    localCandidate: "relay udp relay over tcp",
    remoteCandidate: "host udp",
  });
  expect(second.media).toMatchObject([
    { direction: "sent", source: "microphone", packets: 7, totalAudioEnergy: 0.5 },
    { direction: "received", source: "camera", codec: "video/VP8", width: 640, frames: 30 },
  ]);
});

it("accepts an empty report", () => {
  expect(new StatsSampler().summarise([], () => null)).toMatchObject({
    roundTrip: null,
    loss: null,
    media: [],
  });
});

describe("over the time since the previous report", () => {
  const pair = (at: number, more: object = {}) => ({
    id: "P",
    type: "candidate-pair",
    timestamp: at,
    nominated: true,
    state: "succeeded",
    ...more,
  });
  const sourceOf = (mid: string | null) => (mid === "0" ? "microphone" : mid === "1" ? "camera" : null);

  it("computes times per frame, and the reason an encoder is limited", () => {
    const camera = (at: number, frames: number, encoding: number) => [
      pair(at, { availableOutgoingBitrate: 640_000 }),
      {
        id: "O",
        type: "outbound-rtp",
        kind: "video",
        mid: "1",
        timestamp: at,
        framesEncoded: frames,
        totalEncodeTime: encoding,
        qualityLimitationReason: "bandwidth",
      },
      {
        id: "I",
        type: "inbound-rtp",
        kind: "video",
        mid: "1",
        timestamp: at,
        framesDecoded: frames * 2,
        totalDecodeTime: encoding,
        totalFreezesDuration: encoding,
      },
    ];
    const sampler = new StatsSampler();
    sampler.summarise(camera(1_000, 100, 9), sourceOf);
    const { media, availableBitrate } = sampler.summarise(camera(3_000, 150, 9.5), sourceOf);
    expect(availableBitrate).toBe(640_000);
    expect(media).toMatchObject([
      { encodeTime: 10, decodeTime: null, limitation: "bandwidth", frozen: null },
      { encodeTime: null, decodeTime: 5, limitation: null, frozen: 0.25 },
    ]);
    const stalled = sampler.summarise(camera(5_000, 150, 9.5), sourceOf);
    expect(stalled.media).toMatchObject([{ encodeTime: null }, { decodeTime: null, frozen: 0 }]);
  });

  it("counts audible concealment, not the concealed silence of DTX", () => {
    const audio = (at: number, samples: number, concealed: number, silent: number) => [
      pair(at),
      {
        id: "I",
        type: "inbound-rtp",
        kind: "audio",
        mid: "0",
        timestamp: at,
        totalSamplesReceived: samples,
        concealedSamples: concealed,
        silentConcealedSamples: silent,
        jitterBufferDelay: samples / 1_000,
        jitterBufferEmittedCount: samples / 50,
      },
    ];
    const sampler = new StatsSampler();
    sampler.summarise(audio(1_000, 48_000, 9_000, 9_000), sourceOf);
    const { media } = sampler.summarise(audio(2_000, 96_000, 21_000, 20_520), sourceOf);
    expect(media).toMatchObject([{ concealed: 21_000, concealedShare: 0.01, bufferDelay: 50 }]);
  });

  it("weights remote reports by packets sent, because a stopped stream keeps its last report", () => {
    const streams = (at: number, voice: number, video: number) => [
      pair(at),
      { id: "V", type: "outbound-rtp", kind: "audio", mid: "0", timestamp: at, packetsSent: voice },
      { id: "C", type: "outbound-rtp", kind: "video", mid: "1", timestamp: at, packetsSent: video },
      {
        id: "RV",
        type: "remote-inbound-rtp",
        timestamp: at,
        localId: "V",
        fractionLost: 0.02,
        roundTripTime: 0.08,
      },
      { id: "RC", type: "remote-inbound-rtp", timestamp: at, localId: "C", fractionLost: 0.5 },
    ];
    const sampler = new StatsSampler();
    expect(sampler.summarise(streams(1_000, 100, 100), sourceOf).sentLoss).toBeCloseTo(0.26);
    const later = sampler.summarise(streams(3_000, 200, 100), sourceOf);
    expect(later.sentLoss).toBeCloseTo(0.02);
    expect(later.roundTrip).toBe(80);
    expect(sampler.summarise(streams(5_000, 200, 100), sourceOf).sentLoss).toBeNull();
  });

  it("has no jitter of an audio stream that stopped", () => {
    const audio = (at: number, packets: number) => [
      pair(at),
      {
        id: "I",
        type: "inbound-rtp",
        kind: "audio",
        mid: "0",
        timestamp: at,
        packetsReceived: packets,
        jitter: 0.06,
      },
    ];
    const sampler = new StatsSampler();
    expect(sampler.summarise(audio(1_000, 50), sourceOf).jitter).toBe(60);
    expect(sampler.summarise(audio(3_000, 150), sourceOf).jitter).toBe(60);
    expect(sampler.summarise(audio(5_000, 150), sourceOf).jitter).toBeNull();
  });

  it("keeps its baseline when it is called again at once", () => {
    const counters = (at: number, bytes: number) => [pair(at, { bytesSent: bytes, bytesReceived: 0 })];
    const sampler = new StatsSampler();
    sampler.summarise(counters(0, 0), sourceOf);
    sampler.summarise(counters(2_000, 20_000), sourceOf);
    sampler.summarise(counters(2_050, 20_000), sourceOf);
    expect(sampler.summarise(counters(4_000, 40_000), sourceOf).sentBitrate).toBe(80_000);
  });

  it("never counts backwards, and has null for unreadable fields", () => {
    const odd = (at: number, packets: number) => [
      pair(at, { currentRoundTripTime: Number.NaN, bytesSent: packets }),
      {
        id: "I",
        type: "inbound-rtp",
        kind: "video",
        mid: "1",
        timestamp: at,
        packetsReceived: packets,
        packetsLost: packets,
        framesDecoded: "many",
        totalDecodeTime: Number.POSITIVE_INFINITY,
      },
      {
        id: "O",
        type: "outbound-rtp",
        kind: "video",
        mid: "1",
        timestamp: at,
        qualityLimitationReason: "unknown",
      },
    ];
    const sampler = new StatsSampler();
    sampler.summarise(odd(1_000, 500), sourceOf);
    const { media, ...link } = sampler.summarise(odd(3_000, 100), sourceOf);
    expect(link).toMatchObject({ roundTrip: null, loss: null, sentLoss: null, sentBitrate: 0 });
    expect(media).toMatchObject([{ limitation: null }, { decodeTime: null, frames: null, frozen: null }]);
  });
});
