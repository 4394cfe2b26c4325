/** getUserMedia with the rules of different browsers. */

export interface CaptureRules {
  /** What happens to a live capture when another of its kind begins. */
  second: "both live" | "ends the first" | "refused";
  /** `accepted`: resolves without effect, as Chromium's for echo cancellation. */
  applyConstraints: "applied" | "accepted";
}

export class FakeCaptureTrack extends EventTarget {
  readyState: "live" | "ended" = "live";
  muted = false;
  enabled = true;
  clones: FakeCaptureTrack[] = [];

  constructor(
    readonly kind: "audio" | "video",
    readonly label: string,
    private settings: MediaTrackSettings,
    private readonly rules: CaptureRules,
  ) {
    super();
  }

  getSettings(): MediaTrackSettings {
    return { ...this.settings };
  }

  async applyConstraints(constraints: MediaTrackConstraints): Promise<void> {
    if (this.rules.applyConstraints === "applied")
      this.settings = { ...this.settings, ...processingOf(constraints) };
  }

  clone(): FakeCaptureTrack {
    const clone = new FakeCaptureTrack(this.kind, this.label, this.settings, this.rules);
    this.clones.push(clone);
    return clone;
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** Ended by the browser. */
  end(): void {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }

  /** Muted by the system. */
  setMuted(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }
}

/** `navigator.mediaDevices`. */
export class FakeCapture extends EventTarget {
  tracks: FakeCaptureTrack[] = [];

  constructor(private readonly rules: CaptureRules) {
    super();
  }

  /** Those that keep a device open, clones included. */
  get live(): FakeCaptureTrack[] {
    return this.tracks
      .flatMap((track) => [track, ...track.clones])
      .filter(({ readyState }) => readyState === "live");
  }

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return [];
  }

  async getUserMedia({ audio, video }: MediaStreamConstraints) {
    const kind = audio ? "audio" : "video";
    const constraints = (audio || video) as MediaTrackConstraints;
    const others = this.tracks.filter((track) => track.kind === kind && track.readyState === "live");
    if (others.length > 0 && this.rules.second === "refused") throw new DOMException("", "NotReadableError");
    if (this.rules.second === "ends the first") for (const other of others) other.end();
    const { exact } = (constraints.deviceId ?? {}) as { exact?: string };
    const deviceId = exact ?? "first";
    const track = new FakeCaptureTrack(
      kind,
      deviceId,
      { deviceId, ...processingOf(constraints) },
      this.rules,
    );
    this.tracks.push(track);
    return {
      getTracks: () => [track],
      getAudioTracks: () => (kind === "audio" ? [track] : []),
      getVideoTracks: () => (kind === "video" ? [track] : []),
    };
  }
}

function processingOf(constraints: MediaTrackConstraints): MediaTrackSettings {
  const { echoCancellation, noiseSuppression, autoGainControl } = constraints;
  return { echoCancellation, noiseSuppression, autoGainControl } as MediaTrackSettings;
}
