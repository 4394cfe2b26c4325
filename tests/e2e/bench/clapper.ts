/**
 * A camera and a microphone whose frames and beeps contain their creation time: runs in the page before Maru, in both
 * webviews. Times are milliseconds since 1970, so that two pages on one machine use the same clock.
 */

export interface Clapper {
  width: number;
  height: number;
  frameRate: number;
}

/** Each frame contains the time it was drawn; once a second it flashes, and the microphone beeps at the same time. */
export function installClapper({ width, height, frameRate }: Clapper): void {
  // Side of the squares, black or white, that encode the time; only its lowest bits, 4.6 hours.
  const square = 32;
  const bits = 24;
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  const now = () => performance.timeOrigin + performance.now();
  let flashUntil = 0;
  const draw = () => {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    let turn = 0;
    const timer = setInterval(() => {
      if (!context) return;
      turn += 1;
      context.fillStyle = `hsl(${(turn * 3) % 360} 40% 25%)`;
      context.fillRect(0, 0, width, height);
      context.fillStyle = "#777";
      context.fillRect((turn * 5) % width, height / 2 - 40, 80, 80);
      const time = Math.round(now());
      for (let bit = 0; bit < bits; bit += 1) {
        context.fillStyle = (time >> bit) & 1 ? "white" : "black";
        const perRow = Math.floor(width / square);
        context.fillRect((bit % perRow) * square, Math.floor(bit / perRow) * square, square, square);
      }
      context.fillStyle = now() < flashUntil ? "white" : "black";
      context.fillRect(0, height - square, width, square);
    }, 1_000 / frameRate);
    const stream = canvas.captureStream(frameRate);
    for (const track of stream.getTracks()) {
      const stop = track.stop.bind(track);
      track.stop = () => {
        clearInterval(timer);
        stop();
      };
    }
    return stream;
  };
  const beep = () => {
    const audio = new AudioContext({ latencyHint: "interactive" });
    const destination = audio.createMediaStreamDestination();
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = 800;
    gain.gain.value = 0;
    tone.connect(gain).connect(destination);
    tone.start();
    setInterval(() => {
      void audio.resume();
      gain.gain.setValueAtTime(0.5, audio.currentTime);
      gain.gain.setValueAtTime(0, audio.currentTime + 0.15);
      flashUntil = now() + 150;
    }, 1_000);
    return destination.stream;
  };
  devices.getUserMedia = async (constraints) => {
    if (constraints?.video) return draw();
    return navigator.userAgent.includes("Chrome") ? beep() : open(constraints);
  };
}

export interface ClapperRecord {
  /** From drawing to arrival, of each frame. */
  latencies: number[];
  /** Times of the flashes. */
  flashes: number[];
}

/** Records from now on, for the video of the participant called `name`, in both webviews; it may arrive scaled down. */
export function recordClapper({
  name,
  width,
  height,
}: { name: string } & Pick<Clapper, "width" | "height">): void {
  const square = 32;
  const bits = 24;
  const record: ClapperRecord = { latencies: [], flashes: [] };
  (globalThis as unknown as { __clapperRecord: ClapperRecord }).__clapperRecord = record;
  const find = () =>
    [...document.querySelectorAll('[data-testid="tile"]')]
      .find((tile) => tile.textContent?.includes(name))
      ?.querySelector("video");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let video = find();
  let shown = -1;
  let dark = true;
  setInterval(() => {
    if (!video?.isConnected) video = find();
    if (!video || !context || video.videoWidth === 0) return;
    const total = video.getVideoPlaybackQuality().totalVideoFrames;
    if (total === shown) return;
    shown = total;
    const at = performance.timeOrigin + performance.now();
    // One pixel for each square; the last row is the flash.
    const [across, down] = [video.videoWidth / width, video.videoHeight / height];
    const perRow = Math.floor(width / square);
    const rows = Math.ceil(bits / perRow);
    canvas.width = perRow * 4;
    canvas.height = rows * 4 + 4;
    const side = [square * across, square * down] as const;
    context.drawImage(video, 0, 0, perRow * side[0], rows * side[1], 0, 0, perRow * 4, rows * 4);
    context.drawImage(video, 0, (height - square) * down, ...side, 0, rows * 4, 4, 4);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const bright = (column: number, row: number) =>
      (data[4 * ((row * 4 + 2) * canvas.width + column * 4 + 2)] ?? 0) > 127;
    let time = 0;
    for (let bit = 0; bit < bits; bit += 1)
      if (bright(bit % perRow, Math.floor(bit / perRow))) time |= 1 << bit;
    const span = 2 ** bits;
    const latency = ((((Math.round(at) % span) - time) % span) + span) % span;
    // Two frames mixed, or a frame that was scaled down: unreadable.
    if (latency < 5_000) record.latencies.push(latency);
    const flash = bright(0, rows);
    if (flash && dark) record.flashes.push(at);
    dark = !flash;
  }, 3);
}

/** The records since the last call. */
export function takeClapperRecord(): ClapperRecord {
  const shared = globalThis as unknown as { __clapperRecord: ClapperRecord };
  const { latencies, flashes } = shared.__clapperRecord;
  return { latencies: latencies.splice(0), flashes: flashes.splice(0) };
}

export interface FrameAges {
  /** When the last packet of each frame had arrived and the decoder's own time had passed. */
  decoded: number[];
  /** When each was passed to the compositor. */
  presented: number[];
}

/** Records from now on, in Chromium: the age of the frames of a desktop app. */
export function recordFrameAges(name: string): void {
  const ages: FrameAges = { decoded: [], presented: [] };
  (globalThis as unknown as { __ages: FrameAges }).__ages = ages;
  const video = [...document.querySelectorAll('[data-testid="tile"]')]
    .find((tile) => tile.textContent?.includes(name))
    ?.querySelector("video");
  const look = (_: number, metadata: VideoFrameCallbackMetadata) => {
    const { presentationTime, receiveTime, processingDuration = 0, rtpTimestamp = 0 } = metadata;
    // 90 kHz since 1970, wrapping (`toRtp`).
    const age = (at: number) => {
      const now = Math.round((performance.timeOrigin + at) * 90);
      return ((((now - rtpTimestamp) % 2 ** 32) + 2 ** 32) % 2 ** 32) / 90;
    };
    if (receiveTime !== undefined) ages.decoded.push(age(receiveTime + processingDuration * 1_000));
    ages.presented.push(age(presentationTime));
    video?.requestVideoFrameCallback(look);
  };
  video?.requestVideoFrameCallback(look);
}

export function takeFrameAges(): FrameAges {
  return (globalThis as unknown as { __ages: FrameAges }).__ages;
}
