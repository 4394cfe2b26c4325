import { Channel } from "@tauri-apps/api/core";
import * as v from "valibot";
import type {
  LinkId,
  NativeBridge,
  NativeCommand,
  NativeDevice,
  NativeDeviceFailure,
  NativeEvent,
  NativeMicrophone,
  NativeOpened,
  NativeStats,
} from "../../engine/native/bridge";
import type { MissingComponent } from "../../engine/types";
import {
  checkNativeEvent,
  deviceCode,
  devices,
  microphone,
  missingComponents,
  opened,
  stats,
} from "./native-check";
import { invokeShell, ShellError } from "./shell";

/** Limit of commands queued for the shell, which handles each within a millisecond. */
export const MAX_QUEUED = 1_024;

type Invoke = (command: string, args?: Record<string, unknown>) => Promise<unknown>;
/** Makes the channel over which the shell sends events. */
type OpenChannel = (listener: (value: unknown) => void) => unknown;

/** The engine in the shell (`src-tauri/src/engine`). */
export class ShellBridge implements NativeBridge {
  #commands: Promise<unknown> = Promise.resolve();
  #queued = 0;

  constructor(
    private readonly invoke: Invoke = invokeShell,
    private readonly openChannel: OpenChannel = (listener) => new Channel<unknown>(listener),
  ) {}

  async open(listener: (event: NativeEvent) => void): Promise<NativeOpened> {
    const channel = this.openChannel((value) => {
      const event = checkNativeEvent(value);
      if (event) listener(event);
      else console.warn("unknown event of the engine");
    });
    return checked(opened, await this.invoke("engine_open", { channel }));
  }

  /** One after the other: the shell runs commands concurrently, and one offer must not overtake another. */
  send(command: NativeCommand): Promise<void> {
    if (this.#queued >= MAX_QUEUED) {
      return Promise.reject(new ShellError("busy", "too many commands are queued for the shell"));
    }
    this.#queued += 1;
    const sent = this.#commands.then(async () => {
      try {
        await this.invoke("engine_command", { command });
      } finally {
        this.#queued -= 1;
      }
    });
    this.#commands = sent.catch(() => {});
    return sent;
  }

  async devices(): Promise<NativeDevice[]> {
    return checked(devices, await this.invoke("engine_devices"));
  }

  async openMicrophone(deviceId: string | null): Promise<NativeMicrophone> {
    try {
      return checked(microphone, await this.invoke("engine_open_microphone", { deviceId }));
    } catch (error) {
      throw failure(error);
    }
  }

  async setSpeaker(deviceId: string | null): Promise<void> {
    await this.invoke("engine_set_speaker", { deviceId });
  }

  async missingComponents(): Promise<MissingComponent[]> {
    return checked(missingComponents, await this.invoke("engine_lacks"));
  }

  async stats(link: LinkId): Promise<NativeStats | null> {
    return checked(stats, await this.invoke("engine_stats", { link }));
  }
}

function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new ShellError("not-understood", v.summarize(result.issues).slice(0, 500));
}

function failure(error: unknown): NativeDeviceFailure {
  return error instanceof ShellError
    ? { code: deviceCode(error.code), detail: error.detail }
    : { code: "failed", detail: String(error) };
}
