import type { DeviceError, DeviceKind, Engine, LocalTrack, Processing, Source } from "../engine/types";
import type { Settings, SettingsStore } from "../host/types";
import { DeviceSwitch } from "./local-device";
import { ScreenShare } from "./screen-share";
import type { LocalDevice, Self } from "./types";

export interface LocalMediaEvents {
  /** Part of `CallState.self` changed. */
  changed(patch: Partial<Self>): void;
  /** Send this as `source` on every link from now on. */
  send(source: Source, track: LocalTrack | null): void;
  failed(source: Source, error: DeviceError): void;
  lost(source: Source, fallback: string | null): void;
}

/** The devices of this machine: what is open, what is chosen, what every link sends. */
export class LocalMedia {
  #microphone: DeviceSwitch;
  #camera: DeviceSwitch;
  #screen: ScreenShare;
  #sending = new Map<Source, LocalTrack>();
  #unwatch: () => void;
  #closed = false;

  constructor(
    private readonly engine: Engine,
    private readonly settings: SettingsStore,
    private readonly events: LocalMediaEvents,
  ) {
    const { devices } = engine;
    const stored = settings.get();
    const slot = (source: "microphone" | "camera") => ({
      changed: (device: LocalDevice) => {
        events.changed({ [source]: device });
        // Labels can be read from the first permission on.
        if (device.status === "on") this.refresh();
      },
      pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
      send: (track: LocalTrack | null) => this.#send(source, track),
      failed: (error: DeviceError) => events.failed(source, error),
      chosenAgain: (id: string | null) => this.#choose(source, id),
      lost: (fallback: LocalTrack | null) => {
        events.lost(source, fallback?.label ?? null);
        this.refresh();
      },
    });
    this.#microphone = new DeviceSwitch(
      { ...slot("microphone"), open: (id) => devices.openMicrophone(id), whenOff: "hold" },
      stored.microphoneId,
    );
    this.#camera = new DeviceSwitch(
      { ...slot("camera"), open: (id) => devices.openCamera(id), whenOff: "stop" },
      stored.cameraId,
    );
    this.#screen = new ScreenShare(devices, {
      changed: (screen) => events.changed({ screen }),
      send: (source, track) => this.#send(source, track),
      failed: (error) => events.failed("screen", error),
    });
    let processing = processingOf(stored);
    engine.setProcessing(processing);
    const unwatchDevices = devices.onChange(() => this.refresh());
    const unwatchSettings = settings.subscribe((changed) => {
      const next = processingOf(changed);
      if (JSON.stringify(next) === JSON.stringify(processing)) return;
      processing = next;
      engine.setProcessing(next);
    });
    this.#unwatch = () => {
      unwatchDevices();
      unwatchSettings();
    };
    this.refresh();
    if (stored.speakerId !== null) this.#routeSpeaker(stored.speakerId);
  }

  get microphone(): LocalTrack | null {
    return this.#microphone.device.track;
  }

  /** What a new link has to send. */
  sending(): ReadonlyMap<Source, LocalTrack> {
    return this.#sending;
  }

  setMicrophone(on: boolean): void {
    this.settings.set({ microphoneOn: on });
    this.#microphone.set(on);
  }

  setCamera(on: boolean): void {
    this.settings.set({ cameraOn: on });
    this.#camera.set(on);
  }

  setScreen(on: boolean): void {
    if (on) void this.#screen.start(this.settings.get().screenContent);
    else this.#screen.stop();
  }

  setScreenContent(content: "text" | "motion"): void {
    this.settings.set({ screenContent: content });
    this.#screen.device.track?.setContent?.(content);
    // Engines tune the sender by content, too.
    const { track } = this.#screen.device;
    if (track) this.#send("screen", track);
    this.events.changed({ screenContent: content });
  }

  select(kind: DeviceKind, id: string | null): void {
    this.#choose(kind, id);
    if (kind === "microphone") this.#microphone.select(id);
    else if (kind === "camera") this.#camera.select(id);
    else this.#routeSpeaker(id);
  }

  /** Everything off, every light out. */
  stop(): void {
    this.#microphone.stop();
    this.#camera.stop();
    this.#screen.stop();
  }

  close(): void {
    this.#closed = true;
    this.#unwatch();
    this.stop();
  }

  refresh(): void {
    this.engine.devices.list().then(
      (devices) => {
        if (!this.#closed) this.events.changed({ devices });
      },
      () => {}, // The old list is as good as none.
    );
  }

  /** Shown as chosen, and found again at the next start. */
  #choose(kind: DeviceKind, id: string | null): void {
    const key = `${kind}Id` as const;
    this.settings.set({ [key]: id } as Partial<Settings>);
    this.events.changed({ [key]: id });
  }

  #routeSpeaker(id: string | null): void {
    this.engine.setSpeaker(id).catch(() => {
      // The chosen loudspeaker is gone: the default plays on, and the picker says so.
      this.events.changed({ speakerId: null });
      if (id !== null) this.engine.setSpeaker(null).catch(() => {});
    });
  }

  #send(source: Source, track: LocalTrack | null): void {
    if (track) this.#sending.set(source, track);
    else this.#sending.delete(source);
    this.events.send(source, track);
  }
}

function processingOf({ echoCancellation, noiseSuppression, gainControl }: Settings): Processing {
  return { echoCancellation, noiseSuppression, gainControl };
}
