/** Runs in the pages of a call and notes what arrives there; both webviews run the same. */

/** Times are milliseconds since 1970, so that pages and the test agree on them. */
export interface Recording {
  /** When each frame was given to the element that shows it. */
  frames: number[];
  /** Height of the picture, from when on. */
  heights: [number, number][];
  /** Longest time that nobody looked: gaps are known to this. */
  blind: number;
}

/** What Chromium counted until then; octets are of video, without what was sent a second time. */
export interface Counted {
  at: number;
  sentOctets: number;
  receivedOctets: number;
  /** Samples of sound: concealed so that it may be heard, and played. */
  concealed: number;
  played: number;
  /** Bits per second that the path is thought to take. */
  estimate: number;
}

interface Shared {
  __connections: RTCPeerConnection[];
  __recording: Recording;
  __counted: Counted[];
}

/** Before Maru, in Chromium: its connections are for {@link count} to ask. */
export function rememberConnections(): void {
  const shared = globalThis as unknown as Shared;
  shared.__connections = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      shared.__connections.push(this);
    }
  };
}

/** From now on, of the picture of the participant called `name`. */
export function record(name: string): void {
  const recording: Recording = { frames: [], heights: [], blind: 0 };
  (globalThis as unknown as Shared).__recording = recording;
  const now = () => performance.timeOrigin + performance.now();
  const find = () =>
    [...document.querySelectorAll('[data-testid="tile"]')]
      .find((tile) => tile.textContent?.includes(name))
      ?.querySelector("video");
  let video = find();
  let shown = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
  let looked = now();
  // Frame callbacks wait for the page to be laid out, which WebKit does a few times a second on a busy machine;
  // what the element was given is counted elsewhere, and timers are not held up.
  setInterval(() => {
    const before = looked;
    looked = now();
    recording.blind = Math.max(recording.blind, looked - before);
    if (!video?.isConnected) {
      video = find();
      shown = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    }
    if (!video) return;
    const total = video.getVideoPlaybackQuality().totalVideoFrames;
    const more = Math.max(0, total - shown);
    shown = total;
    // Several since the last look came somewhere in between.
    for (let each = 1; each <= more; each += 1)
      recording.frames.push(before + ((looked - before) * each) / more);
    if (more > 0 && recording.heights.at(-1)?.[1] !== video.videoHeight)
      recording.heights.push([looked, video.videoHeight]);
  }, 5);
}

/** From now on, four times a second, in Chromium. */
export function count(): void {
  const shared = globalThis as unknown as Shared;
  const counted: Counted[] = [];
  shared.__counted = counted;
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  const look = async () => {
    const now: Counted = {
      at: performance.timeOrigin + performance.now(),
      sentOctets: 0,
      receivedOctets: 0,
      concealed: 0,
      played: 0,
      estimate: 0,
    };
    for (const connection of shared.__connections) {
      if (connection.connectionState === "closed") continue;
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === "outbound-rtp" && entry.kind === "video")
          now.sentOctets += number(entry.bytesSent) - number(entry.retransmittedBytesSent);
        if (entry.type === "inbound-rtp" && entry.kind === "video")
          now.receivedOctets += number(entry.bytesReceived) - number(entry.retransmittedBytesReceived);
        if (entry.type === "inbound-rtp" && entry.kind === "audio") {
          now.concealed += number(entry.concealedSamples) - number(entry.silentConcealedSamples);
          now.played += number(entry.totalSamplesReceived);
        }
        if (entry.type === "candidate-pair" && entry.nominated)
          now.estimate = Math.max(now.estimate, number(entry.availableOutgoingBitrate));
      }
    }
    counted.push(now);
  };
  void look();
  setInterval(() => void look(), 250);
}

/** The same where Rust counts, twice a second: it says nothing of the octets of one stream. */
export function countInDesktop(): void {
  const counted: Counted[] = [];
  (globalThis as unknown as Shared).__counted = counted;
  const begun = performance.now();
  const look = async () => {
    const [other] = __maruCall.getState().participants;
    const stats = other && (await __maruCall.stats(other.id));
    const voice = stats?.media.find(
      ({ direction, source }) => direction === "received" && source === "microphone",
    );
    counted.push({
      at: performance.timeOrigin + performance.now(),
      sentOctets: 0,
      receivedOctets: 0,
      concealed: voice?.concealed ?? 0,
      played: (performance.now() - begun) * 48,
      estimate: stats?.availableBitrate ?? 0,
    });
  };
  void look();
  setInterval(() => void look(), 500);
}

/** What was noted so far. */
export function recorded(): { recording: Recording; counted: Counted[] } {
  const shared = globalThis as unknown as Shared;
  return { recording: shared.__recording, counted: shared.__counted };
}

export interface Listening {
  /** When something began to be heard after 150 ms of quiet. */
  onsets: number[];
}

/** From now on, in Chromium, of whoever is heard there; {@link rememberConnections} has to have run. */
export function listen(): void {
  const shared = globalThis as unknown as Shared & { __listening: Listening };
  const listening: Listening = { onsets: [] };
  shared.__listening = listening;
  const tracks = shared.__connections
    .filter(({ connectionState }) => connectionState === "connected")
    .flatMap((connection) => connection.getReceivers())
    .map(({ track }) => track)
    .filter(({ kind }) => kind === "audio");
  const audio = new AudioContext({ latencyHint: "interactive" });
  void audio.resume();
  // A worklet would need a script of its own, which the page's policy does not let in.
  const ear = audio.createScriptProcessor(256, 1, 1);
  for (const track of tracks) audio.createMediaStreamSource(new MediaStream([track])).connect(ear);
  ear.connect(audio.destination);
  let quiet = 0;
  ear.onaudioprocess = ({ inputBuffer }) => {
    const now = performance.timeOrigin + performance.now();
    const samples = inputBuffer.getChannelData(0);
    for (let index = 0; index < samples.length; index += 1) {
      const loudness = Math.abs(samples[index] ?? 0);
      if (loudness < 0.003) quiet += 1;
      else if (loudness >= 0.02) {
        if (quiet >= 0.15 * audio.sampleRate)
          listening.onsets.push(now - ((samples.length - index) * 1_000) / audio.sampleRate);
        quiet = 0;
      }
    }
  };
}
