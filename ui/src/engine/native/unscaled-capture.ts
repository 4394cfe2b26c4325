/**
 * Opens cameras only in sizes they support: a request for another size gets the next larger one, and the sender scales.
 *
 * WebKitGTK 2.50 scales and converts all video frames with one shared converter, without a lock
 * (docs/upstream/webkitgtk-video-frame-converter.md). A mock camera that needs scaling uses it on its own thread, the
 * elements that show remote video use it on the main thread: each can then get frames of the other, and one person's
 * video is sent as another's. Version 2.50 scales real cameras elsewhere, but does not guarantee that.
 *
 * It patches the platform's prototypes instead of our own calls, because a single request elsewhere would be enough.
 */
import type { Size } from "./worker-messages";

const DEFAULT: Size = { width: 1280, height: 720 };
/** Sizes that nearly every camera supports, mock cameras too. Pixels. */
const SIZES: readonly Size[] = [{ width: 640, height: 480 }, DEFAULT];

const maxSizes = new WeakMap<MediaStreamTrack, Size>();

/** The requested size, above which the sender scales this track down; null if none was requested. */
export function maxSizeOf(track: MediaStreamTrack): Size | null {
  return maxSizes.get(track) ?? null;
}

/** The patched classes of the platform. */
export interface CapturePlatform {
  MediaDevices?: { prototype: Pick<MediaDevices, "getUserMedia"> };
  MediaStreamTrack?: { prototype: Pick<MediaStreamTrack, "applyConstraints"> };
}

/** Patches the platform; repeated calls have no effect. */
export function disableCameraScaling(platform: CapturePlatform): void {
  const devices = platform.MediaDevices?.prototype;
  const tracks = platform.MediaStreamTrack?.prototype;
  if (devices && !patched.has(devices)) patchGetUserMedia(devices);
  if (tracks && !patched.has(tracks)) patchApplyConstraints(tracks);
}

const patched = new WeakSet<object>();

function patchGetUserMedia(devices: Pick<MediaDevices, "getUserMedia">): void {
  patched.add(devices);
  const original = devices.getUserMedia;
  devices.getUserMedia = async function (this: MediaDevices, constraints) {
    if (!constraints?.video) return original.call(this, constraints);
    const requested = constraints.video === true ? {} : constraints.video;
    const stream = await original.call(this, { ...constraints, video: unscaled(requested) });
    for (const track of stream.getVideoTracks()) remember(track, requested);
    return stream;
  };
}

function patchApplyConstraints(tracks: Pick<MediaStreamTrack, "applyConstraints">): void {
  patched.add(tracks);
  const original = tracks.applyConstraints;
  tracks.applyConstraints = async function (this: MediaStreamTrack, requested) {
    if (this.kind !== "video" || !requested) return original.call(this, requested);
    await original.call(this, unscaled(requested));
    remember(this, requested);
  };
}

/** The same constraints with a size that cameras support. */
export function unscaled(requested: MediaTrackConstraints): MediaTrackConstraints {
  const { width: _, height: __, aspectRatio: ___, advanced: ____, ...rest } = requested;
  const size = nextLarger(sizeOf(requested));
  return { ...rest, width: { ideal: size.width }, height: { ideal: size.height } };
}

function remember(track: MediaStreamTrack, requested: MediaTrackConstraints): void {
  const size = sizeOf(requested);
  if (size) maxSizes.set(track, size);
  else maxSizes.delete(track);
}

/** Of the sizes that are large enough, the one closest in aspect ratio; the default if no size is requested. */
function nextLarger(requested: Size | null): Size {
  if (!requested) return DEFAULT;
  const aspectDifference = ({ width, height }: Size) =>
    Math.abs(Math.log((width * requested.height) / (height * requested.width)));
  const largeEnough = SIZES.filter(
    ({ width, height }) => width >= requested.width && height >= requested.height,
  );
  return (
    largeEnough.reduce<Size | null>(
      (best, size) => (best && aspectDifference(best) <= aspectDifference(size) ? best : size),
      null,
    ) ?? DEFAULT
  );
}

/** Null unless both width and height are requested. */
function sizeOf({ width, height }: MediaTrackConstraints): Size | null {
  const size = { width: constraintValue(width), height: constraintValue(height) };
  return size.width > 0 && size.height > 0 ? size : null;
}

/** The value of a constraint (Media Capture and Streams §11); 0 if it has none. */
function constraintValue(constraint: ConstrainULong | undefined): number {
  if (typeof constraint === "number") return constraint;
  const { exact, ideal, max, min } = constraint ?? {};
  return exact ?? ideal ?? max ?? min ?? 0;
}
