import type {
  Device,
  DeviceError,
  DeviceKind,
  Engine,
  LocalTrack,
  Processing,
  Source,
} from "../engine/types";
import type { Settings, SettingsStore } from "../host/types";
import { defaultMoved } from "./default-microphone";
import { DeviceSwitch } from "./local-device";
import { isPageHidden, onPageVisible } from "./page-visibility";
import { ScreenShare } from "./screen-share";
import { Speaker } from "./speaker";
import type { LocalDevice, Self } from "./types";

export interface LocalMediaEvents {
  /** Part of `CallState.self` changed. */
  changed(patch: Partial<Self>): void;
  /** Send this as `source` on every link from now on. */
  send(source: Source, track: LocalTrack | null): void;
  failed(source: Source, error: DeviceError): void;
  /** Unplugged, or permission revoked. `fallback`: label of the device used instead; null: none. */
  lost(source: Source, fallback: string | null): void;
  /** A problem of the selected loudspeaker; null: it plays. */
  speaker(problem: "lost" | "failed" | null): void;
}

/** The local devices: which are open, which are selected, and the tracks that every link sends. */
export class LocalMedia {
  #microphone: DeviceSwitch;
  #camera: DeviceSwitch;
  #screen: ScreenShare;
  #speaker: Speaker;
  #tracks = new Map<Source, LocalTrack>();
  #devices: readonly Device[] = [];
  #unsubscribe: () => void;
  #closed = false;

  constructor(
    private readonly engine: Engine,
    private readonly settings: SettingsStore,
    private readonly events: LocalMediaEvents,
  ) {
    const { devices } = engine;
    const stored = settings.get();
    const options = (source: "microphone" | "camera") => ({
      changed: (device: LocalDevice) => {
        events.changed({ [source]: device });
        // Labels become readable with the first permission.
        if (device.status === "on") this.refreshDevices();
      },
      closesFirst: () => devices.closesFirst?.(source) ?? false,
      hidden: isPageHidden,
      delay: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
      send: (track: LocalTrack | null) => this.#send(source, track),
      failed: (error: DeviceError) => events.failed(source, error),
      selected: (id: string | null) => this.#storeSelection(source, id),
      lost: (fallback: LocalTrack | null) => {
        events.lost(source, fallback?.label ?? null);
        this.refreshDevices();
      },
    });
    this.#microphone = new DeviceSwitch(
      { ...options("microphone"), open: (id) => devices.openMicrophone(id), whenOff: "mute" },
      stored.microphoneId,
    );
    this.#camera = new DeviceSwitch(
      { ...options("camera"), open: (id) => devices.openCamera(id), whenOff: "stop" },
      stored.cameraId,
    );
    this.#screen = new ScreenShare(devices, {
      changed: (screen) => events.changed({ screen }),
      send: (source, track) => this.#send(source, track),
      failed: (error) => events.failed("screen", error),
    });
    this.#speaker = new Speaker(engine, stored.speakerId, {
      selected: (id) => {
        this.#storeSelection("speaker", id);
        events.speaker(null);
      },
      failed: () => events.speaker("failed"),
      lost: () => events.speaker("lost"),
      returned: () => events.speaker(null),
    });
    let processing = processingOf(stored);
    void engine.setProcessing(processing);
    const unsubscribeDevices = devices.onChange(() => this.refreshDevices());
    const unsubscribeSettings = settings.subscribe((changed) => {
      const next = processingOf(changed);
      if (JSON.stringify(next) === JSON.stringify(processing)) return;
      processing = next;
      void engine.setProcessing(next).then((applied) => {
        if (!applied && !this.#closed) this.#microphone.reopen();
      });
    });
    const unsubscribeVisible = onPageVisible(() => {
      void this.#microphone.resume();
      void this.#camera.resume();
    });
    this.#unsubscribe = () => {
      unsubscribeDevices();
      unsubscribeSettings();
      unsubscribeVisible();
    };
    this.refreshDevices();
  }

  get microphone(): LocalTrack | null {
    return this.#microphone.device.track;
  }

  /** What every link sends, by source. */
  tracks(): ReadonlyMap<Source, LocalTrack> {
    return this.#tracks;
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
    // Engines tune the sender by content as well.
    const { track } = this.#screen.device;
    if (track) this.#send("screen", track);
    this.events.changed({ screenContent: content });
  }

  selectDevice(kind: DeviceKind, id: string | null): void {
    if (kind === "microphone") this.#microphone.select(id);
    else if (kind === "camera") this.#camera.select(id);
    else this.#speaker.select(id);
  }

  /** Stops every device. */
  stop(): void {
    this.#microphone.stop();
    this.#camera.stop();
    this.#screen.stop();
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    this.stop();
  }

  /** Reads the list of devices again. */
  refreshDevices(): void {
    this.engine.devices.list().then(
      (devices) => {
        if (!this.#closed) this.#onDevices(devices);
      },
      () => {}, // The previous list stays.
    );
  }

  #onDevices(devices: readonly Device[]): void {
    const before = this.#devices;
    this.#devices = devices;
    this.events.changed({ devices });
    this.#speaker.onDevices(devices);
    const openId = this.microphone?.deviceId ?? null;
    if (this.settings.get().microphoneId === null && defaultMoved(before, devices, openId))
      this.#microphone.select(null);
  }

  /** In the state, and in the settings for the next start. */
  #storeSelection(kind: DeviceKind, id: string | null): void {
    const key = `${kind}Id` as const;
    this.settings.set({ [key]: id } as Partial<Settings>);
    this.events.changed({ [key]: id });
  }

  #send(source: Source, track: LocalTrack | null): void {
    if (track) this.#tracks.set(source, track);
    else this.#tracks.delete(source);
    this.events.send(source, track);
  }
}

function processingOf({ echoCancellation, noiseSuppression, gainControl }: Settings): Processing {
  return { echoCancellation, noiseSuppression, gainControl };
}
