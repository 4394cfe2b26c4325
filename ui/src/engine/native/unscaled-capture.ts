/**
 * Cameras are opened only in sizes they have; whoever asks for another gets the next larger one, and the sender
 * scales.
 *
 * WebKitGTK 2.50 scales and converts the pictures of everybody with one converter and without a lock
 * (docs/upstream/webkitgtk-video-frame-converter.md). A made-up camera that has to be scaled uses it on its own
 * thread, the elements that show remote pictures on the main thread: each then gets pictures of the other, and one
 * person is sent out as somebody else. Real cameras are scaled elsewhere in 2.50, but nothing promises that.
 *
 * It stands at the door of the platform and not at our own call of it: one request elsewhere would be enough.
 */
import type { Size } from "./ladder";

const DEFAULT: Size = { width: 1280, height: 720 };
/** What nearly every camera has, and the made-up ones too. Pixels. */
const SIZES: readonly Size[] = [{ width: 640, height: 480 }, DEFAULT];

const limits = new WeakMap<MediaStreamTrack, Size>();

/** The size that was asked for, which nothing larger than is sent of this track; null: as it comes. */
export function limitOf(track: MediaStreamTrack): Size | null {
  return limits.get(track) ?? null;
}

/** The platform's classes, as far as this needs them. */
export interface CapturePlatform {
  MediaDevices?: { prototype: Pick<MediaDevices, "getUserMedia"> };
  MediaStreamTrack?: { prototype: Pick<MediaStreamTrack, "applyConstraints"> };
}

/** Once for a page; safe to call again. */
export function neverScaleCameras(platform: CapturePlatform): void {
  const devices = platform.MediaDevices?.prototype;
  const tracks = platform.MediaStreamTrack?.prototype;
  if (devices && !guarded.has(devices)) guardOpening(devices);
  if (tracks && !guarded.has(tracks)) guardChanging(tracks);
}

const guarded = new WeakSet<object>();

function guardOpening(devices: Pick<MediaDevices, "getUserMedia">): void {
  guarded.add(devices);
  const open = devices.getUserMedia;
  devices.getUserMedia = async function (this: MediaDevices, constraints) {
    if (!constraints?.video) return open.call(this, constraints);
    const wanted = constraints.video === true ? {} : constraints.video;
    const stream = await open.call(this, { ...constraints, video: unscaled(wanted) });
    for (const track of stream.getVideoTracks()) remember(track, wanted);
    return stream;
  };
}

function guardChanging(tracks: Pick<MediaStreamTrack, "applyConstraints">): void {
  guarded.add(tracks);
  const change = tracks.applyConstraints;
  tracks.applyConstraints = async function (this: MediaStreamTrack, wanted) {
    if (this.kind !== "video" || !wanted) return change.call(this, wanted);
    await change.call(this, unscaled(wanted));
    remember(this, wanted);
  };
}

/** The same wishes with a size that cameras have. */
export function unscaled(wanted: MediaTrackConstraints): MediaTrackConstraints {
  const { width: _, height: __, aspectRatio: ___, advanced: ____, ...rest } = wanted;
  const size = nextLarger(sizeOf(wanted));
  return { ...rest, width: { ideal: size.width }, height: { ideal: size.height } };
}

function remember(track: MediaStreamTrack, wanted: MediaTrackConstraints): void {
  const size = sizeOf(wanted);
  if (size) limits.set(track, size);
  else limits.delete(track);
}

/** Of the two, the one closest in shape that is large enough; the default where no size is asked for. */
function nextLarger(wanted: Size | null): Size {
  if (!wanted) return DEFAULT;
  const shape = ({ width, height }: Size) =>
    Math.abs(Math.log((width * wanted.height) / (height * wanted.width)));
  const enough = SIZES.filter(({ width, height }) => width >= wanted.width && height >= wanted.height);
  return (
    enough.reduce<Size | null>((best, size) => (best && shape(best) <= shape(size) ? best : size), null) ??
    DEFAULT
  );
}

/** Null unless both sides are asked for. */
function sizeOf({ width, height }: MediaTrackConstraints): Size | null {
  const size = { width: wish(width), height: wish(height) };
  return size.width > 0 && size.height > 0 ? size : null;
}

/** What a constraint is about (Media Capture and Streams §11); 0: nothing. */
function wish(constraint: ConstrainULong | undefined): number {
  if (typeof constraint === "number") return constraint;
  const { exact, ideal, max, min } = constraint ?? {};
  return exact ?? ideal ?? max ?? min ?? 0;
}
