/** How good a link is, and its figures. */
import type { Cause } from "../../call/quality";
import type { Quality } from "../../call/types";
import type { Limitation } from "../../engine/types";
import type { Source } from "../../protocol/generated";

export const qualityEn = {
  levels: { good: "Good", fair: "Fair", poor: "Poor", unknown: "Measuring" } satisfies Record<
    Quality["level"],
    string
  >,
  mark: {
    good: (name: string) => `Connection to ${name}: good`,
    fair: (name: string) => `Connection to ${name}: fair`,
    poor: (name: string) => `Connection to ${name}: poor`,
    unknown: (name: string) => `Connection to ${name}: measuring`,
  } satisfies Record<Quality["level"], (name: string) => string>,
  causes: {
    loss: "Parts of the video and sound get lost on the way.",
    delay: "Sound arrives late.",
    jitter: "Sound arrives unevenly, and gaps are filled in.",
    bandwidth: "There is not enough bandwidth to send your video.",
    frames: "Their video stutters.",
  } satisfies Record<Cause, string>,
  advice: {
    loss: "Move closer to the router or use a cable; if the problem is on their side, ask them to do so.",
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
  loss: "Packet loss, receiving",
  sentLoss: "Packet loss, sending",
  jitter: "Jitter",
  received: "Received",
  sent: "Sent",
  available: "Available to send",
  path: "Path",
  paths: { direct: "Direct", relay: "Through a relay" },
  theirs: {
    microphone: "Their voice",
    camera: "Their video",
    screen: "Their screen",
    "screen-audio": "Their screen's sound",
  } satisfies Record<Source, string>,
  ours: {
    microphone: "Your voice",
    camera: "Your video",
    screen: "Your screen",
    "screen-audio": "Your screen's sound",
  } satisfies Record<Source, string>,
  resolution: "Resolution",
  frameRate: "Frame rate",
  framesPerSecond: (rate: string) => `${rate} fps`,
  codec: "Codec",
  encodeTime: "Encode time per frame",
  decodeTime: "Decode time per frame",
  limitation: "Quality limited by",
  limitations: {
    none: "Nothing",
    bandwidth: "The network",
    cpu: "This computer's CPU",
    other: "Something else",
  } satisfies Record<Limitation, string>,
  frozen: "Video frozen for",
  concealed: "Concealed audio",
  buffer: "Jitter buffer delay",
};
