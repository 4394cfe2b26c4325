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
import { call, ShellError } from "./shell";

/** Commands that wait for the shell. It takes each within a millisecond; more than a burst is a defect. */
export const MAX_WAITING = 1_024;

type Call = (command: string, args?: Record<string, unknown>) => Promise<unknown>;
/** What is handed to the shell so that it can speak: Tauri's channel. */
type Listen = (listener: (value: unknown) => void) => unknown;

/** The engine in the shell (`src-tauri/src/engine`). */
export class ShellBridge implements NativeBridge {
  #commands: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(
    private readonly ask: Call = call,
    private readonly listen: Listen = (listener) => new Channel<unknown>(listener),
  ) {}

  async open(listener: (event: NativeEvent) => void): Promise<NativeOpened> {
    const channel = this.listen((value) => {
      const event = checkNativeEvent(value);
      if (event) listener(event);
      else console.warn("unknown event of the engine");
    });
    return checked(opened, await this.ask("engine_open", { channel }));
  }

  /** One after the other: commands run side by side in the shell, and an offer must not overtake another. */
  send(command: NativeCommand): Promise<void> {
    if (this.#waiting >= MAX_WAITING) {
      return Promise.reject(new ShellError("busy", "the shell does not keep up"));
    }
    this.#waiting += 1;
    const taken = this.#commands.then(async () => {
      try {
        await this.ask("engine_command", { command });
      } finally {
        this.#waiting -= 1;
      }
    });
    this.#commands = taken.catch(() => {});
    return taken;
  }

  async devices(): Promise<NativeDevice[]> {
    return checked(devices, await this.ask("engine_devices"));
  }

  async openMicrophone(deviceId: string | null): Promise<NativeMicrophone> {
    try {
      return checked(microphone, await this.ask("engine_open_microphone", { deviceId }));
    } catch (error) {
      throw failure(error);
    }
  }

  async setSpeaker(deviceId: string | null): Promise<void> {
    await this.ask("engine_set_speaker", { deviceId });
  }

  async missingComponents(): Promise<MissingComponent[]> {
    return checked(missingComponents, await this.ask("engine_lacks"));
  }

  async stats(link: LinkId): Promise<NativeStats | null> {
    return checked(stats, await this.ask("engine_stats", { link }));
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
