/** The shell's half of the native engine, and a video worker, as far as the page can tell. */
import type { NativeBridge, NativeCommand, NativeEvent, NativeStats } from "../src/engine/native/bridge";
import { VideoWorker } from "../src/engine/native/video-worker";
import type { FromVideoWorker, ToVideoWorker } from "../src/engine/native/worker-messages";
import type { EngineProblem, MissingComponent } from "../src/engine/types";

export class FakeBridge implements NativeBridge {
  commands: NativeCommand[] = [];
  microphones: (string | null)[] = [];
  speakers: (string | null)[] = [];
  /** Refuses each command it answers with an error for. */
  refuse: (command: NativeCommand) => unknown = () => null;
  /** Commands are taken when this says so. */
  taken: Promise<void> = Promise.resolve();
  openMicrophoneAs: (deviceId: string | null) => unknown = () => null;
  nextStats: NativeStats | null = null;
  emit: (event: NativeEvent) => void = () => {};

  async open(listener: (event: NativeEvent) => void) {
    this.emit = listener;
    return { mediaUrl: "ws://127.0.0.1:4000/", token: "0123456789abcdef" };
  }

  async send(command: NativeCommand): Promise<void> {
    this.commands.push(command);
    await this.taken;
    const refusal = this.refuse(command);
    if (refusal) throw refusal;
  }

  async devices() {
    return [{ id: "m1", kind: "microphone" as const, label: "Desk" }];
  }

  async openMicrophone(deviceId: string | null) {
    this.microphones.push(deviceId);
    const refusal = this.openMicrophoneAs(deviceId);
    if (refusal) throw refusal;
    return { stream: 2 ** 31 + this.microphones.length, deviceId, label: deviceId ?? "default" };
  }

  async setSpeaker(deviceId: string | null): Promise<void> {
    this.speakers.push(deviceId);
  }

  missing: MissingComponent[] = [];

  async missingComponents(): Promise<MissingComponent[]> {
    return this.missing;
  }

  async stats(): Promise<NativeStats | null> {
    return this.nextStats;
  }

  types(): string[] {
    return this.commands.map(({ type }) => type);
  }
}

export class FakeWorker {
  posted: ToVideoWorker[] = [];
  terminated = false;
  onmessage: ((event: { data: FromVideoWorker }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;

  postMessage(message: ToVideoWorker): void {
    this.posted.push(message);
  }

  emit(message: FromVideoWorker): void {
    this.onmessage?.({ data: message });
  }

  terminate(): void {
    this.terminated = true;
  }
}

export async function startVideo(problems: EngineProblem[] = []) {
  const worker = new FakeWorker();
  const starting = VideoWorker.start(() => worker as unknown as Worker);
  worker.emit({ type: "ready", problems });
  return { worker, video: await starting };
}

/** A captured track. */
export class FakeMedia extends EventTarget {
  label = "Camera";
  stopped = false;
  clones: FakeMedia[] = [];

  clone(): FakeMedia {
    const clone = new FakeMedia();
    this.clones.push(clone);
    return clone;
  }

  getSettings() {
    return { deviceId: "c1" };
  }

  stop(): void {
    this.stopped = true;
  }

  get track(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack;
  }
}
