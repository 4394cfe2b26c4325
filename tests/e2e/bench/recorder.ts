/** Runs in the pages of a call and records what arrives; the same code runs in both webviews. */

/** Times are milliseconds since 1970, so that pages and the test use the same clock. */
export interface Recording {
  /** When the element got each frame. */
  frames: number[];
  /** Height of the video, and since when. */
  heights: [number, number][];
  /** Longest time between two samples: the precision of gaps. */
  blind: number;
}

/** Chromium's counters at that time; bytes are of video, without retransmissions. */
export interface CounterSample {
  at: number;
  sentBytes: number;
  receivedBytes: number;
  /** Audio samples: concealed without silent ones, and played. */
  concealed: number;
  played: number;
  /** The bandwidth estimate, bits per second. */
  estimate: number;
}

interface Shared {
  __connections: RTCPeerConnection[];
  __recording: Recording;
  __counters: CounterSample[];
}

/** Runs before Maru, in Chromium: keeps its connections for {@link sampleCounters}. */
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

/** Records from now on, for the video of the participant called `name`. */
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
  // Frame callbacks wait for layout, which WebKit does a few times a second on a busy machine. The counter of the
  // element's frames and timers are not delayed by that.
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
    // Several frames since the last sample: their times are somewhere in between.
    for (let each = 1; each <= more; each += 1)
      recording.frames.push(before + ((looked - before) * each) / more);
    if (more > 0 && recording.heights.at(-1)?.[1] !== video.videoHeight)
      recording.heights.push([looked, video.videoHeight]);
  }, 5);
}

/** Samples from now on, four times a second, in Chromium. */
export function sampleCounters(): void {
  const shared = globalThis as unknown as Shared;
  const counters: CounterSample[] = [];
  shared.__counters = counters;
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  const look = async () => {
    const now: CounterSample = {
      at: performance.timeOrigin + performance.now(),
      sentBytes: 0,
      receivedBytes: 0,
      concealed: 0,
      played: 0,
      estimate: 0,
    };
    for (const connection of shared.__connections) {
      if (connection.connectionState === "closed") continue;
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === "outbound-rtp" && entry.kind === "video")
          now.sentBytes += number(entry.bytesSent) - number(entry.retransmittedBytesSent);
        if (entry.type === "inbound-rtp" && entry.kind === "video")
          now.receivedBytes += number(entry.bytesReceived) - number(entry.retransmittedBytesReceived);
        if (entry.type === "inbound-rtp" && entry.kind === "audio") {
          now.concealed += number(entry.concealedSamples) - number(entry.silentConcealedSamples);
          now.played += number(entry.totalSamplesReceived);
        }
        if (entry.type === "candidate-pair" && entry.nominated)
          now.estimate = Math.max(now.estimate, number(entry.availableOutgoingBitrate));
      }
    }
    counters.push(now);
  };
  void look();
  setInterval(() => void look(), 250);
}

/** The same for the native engine, twice a second: it has no byte counter of a single stream. */
export function sampleCountersOfDesktop(): void {
  const counters: CounterSample[] = [];
  (globalThis as unknown as Shared).__counters = counters;
  const startedAt = performance.now();
  const look = async () => {
    const [other] = __maruCall.getState().participants;
    const stats = other && (await __maruCall.stats(other.id));
    const voice = stats?.media.find(
      ({ direction, source }) => direction === "received" && source === "microphone",
    );
    counters.push({
      at: performance.timeOrigin + performance.now(),
      sentBytes: 0,
      receivedBytes: 0,
      concealed: voice?.concealed ?? 0,
      played: (performance.now() - startedAt) * 48,
      estimate: stats?.availableBitrate ?? 0,
    });
  };
  void look();
  setInterval(() => void look(), 500);
}

/** The records so far. */
export function recorded(): { recording: Recording; counters: CounterSample[] } {
  const shared = globalThis as unknown as Shared;
  return { recording: shared.__recording, counters: shared.__counters };
}

export interface Listening {
  /** When audio started after 150 ms of silence. */
  onsets: number[];
}

/** Records from now on, in Chromium, for all audio received there; {@link rememberConnections} must have run before. */
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
  // A worklet would need a script of its own, which the page's policy blocks.
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
