import { expect, it } from "vitest";
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

it("turns two reports into rates, loss and who carries what", () => {
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

it("makes sense of a report with nothing in it", () => {
  expect(new StatsSampler().summarise([], () => null)).toMatchObject({
    roundTrip: null,
    loss: null,
    media: [],
  });
});
