/** How good a link is, and its figures. */
import type { Cause } from "../../call/quality";
import type { Quality } from "../../call/types";
import type { Limitation } from "../../engine/types";
import type { Source } from "../../protocol/generated";

export const qualityEn = {
  levels: { good: "Good", fair: "Fair", poor: "Poor", unknown: "Not known yet" } satisfies Record<
    Quality["level"],
    string
  >,
  mark: {
    good: "Connection: good",
    fair: "Connection: fair",
    poor: "Connection: poor",
    unknown: "Connection: not known yet",
  } satisfies Record<Quality["level"], string>,
  causes: {
    loss: "Parts of picture and sound get lost on the way.",
    delay: "What is said arrives late.",
    jitter: "Sound arrives unevenly, and gaps are filled in.",
    bandwidth: "There is little room to send your picture.",
    frames: "Their picture arrives haltingly.",
  } satisfies Record<Cause, string>,
  advice: {
    loss: "Move closer to the router or use a cable; if only they are affected, they should.",
    delay: "Stop large downloads and VPNs on both sides, and leave a pause before you answer.",
    jitter: "Move closer to the router or use a cable, and stop other downloads.",
    bandwidth: "Turn off your camera for a while, or stop other uploads on your network.",
    frames: "Ask them to close other programs, or to turn off their camera for a while.",
  } satisfies Record<Cause, string>,
};

export const statisticsEn = {
  title: (name: string) => `Connection to ${name}`,
  waiting: "Figures appear once you are connected.",
  technical: "All figures",
  connection: "Connection",
  roundTrip: "Round trip",
  loss: "Lost on the way here",
  sentLoss: "Lost on the way there",
  jitter: "Jitter",
  received: "Received",
  sent: "Sent",
  available: "Room to send",
  path: "Path",
  paths: { direct: "Direct", relay: "Through a relay" },
  theirs: {
    microphone: "Their voice",
    camera: "Their picture",
    screen: "Their screen",
    "screen-audio": "Their screen's sound",
  } satisfies Record<Source, string>,
  ours: {
    microphone: "Your voice",
    camera: "Your picture",
    screen: "Your screen",
    "screen-audio": "Your screen's sound",
  } satisfies Record<Source, string>,
  resolution: "Resolution",
  frameRate: "Frame rate",
  framesPerSecond: (rate: string) => `${rate} per second`,
  codec: "Codec",
  encodeTime: "Encoding a frame",
  decodeTime: "Decoding a frame",
  limitation: "Held back by",
  limitations: {
    none: "Nothing",
    bandwidth: "The connection",
    cpu: "This computer",
    other: "Something else",
  } satisfies Record<Limitation, string>,
  frozen: "Standing still",
  concealed: "Sound filled in",
  buffer: "Waiting for late sound",
};
