/**
 * The commands of the shell (`src-tauri/src/commands.rs`), typed, and what comes back checked: the shell is
 * our own program, but perhaps of another version than this interface.
 */
import { Channel, invoke } from "@tauri-apps/api/core";
import * as v from "valibot";
import type { JoinRequest, Settings } from "../types";
import { checkEnvelope, type Envelope } from "./envelope";
import { checkSettings } from "./settings-check";

/** A command was refused; `code` is an `ErrorCode` of the wire or one of the shell's own. */
export class ShellError extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = "ShellError";
  }
}

const refusal = v.object({ code: v.string(), detail: v.string() });

/** Rejects with {@link ShellError}; what it resolves to is unchecked. */
export async function call(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
  try {
    return await invoke(command, args);
  } catch (error) {
    const typed = v.safeParse(refusal, error);
    // Anything else is Tauri's own refusal: a command that is not granted, or arguments it cannot read.
    throw typed.success
      ? new ShellError(typed.output.code, typed.output.detail)
      : new ShellError("not-called", String(error).slice(0, 500));
  }
}

const serverInfo = v.object({ overridden: v.nullable(v.string()), joined: v.nullable(v.string()) });
export type ServerInfo = v.InferOutput<typeof serverInfo>;

export interface Shell {
  subscribe(listener: (envelope: Envelope) => void): Promise<void>;
  join(turn: number, request: JoinRequest): Promise<void>;
  leave(turn: number): Promise<void>;
  signal(from: string, to: string, data: unknown): Promise<void>;
  getSettings(): Promise<Settings>;
  setSettings(patch: Partial<Settings>): Promise<Settings>;
  serverInfo(): Promise<ServerInfo>;
  openExternal(url: string): Promise<void>;
}

export const shell: Shell = {
  async subscribe(listener) {
    const channel = new Channel<unknown>((value) => {
      const envelope = checkEnvelope(value);
      if (envelope) listener(envelope);
    });
    await call("signaling_subscribe", { channel });
  },
  async join(turn, { room, name, token }) {
    await call("signaling_join", { turn, room, name, token: token ?? null });
  },
  async leave(turn) {
    await call("signaling_leave", { turn });
  },
  async signal(from, to, data) {
    await call("signaling_signal", { from, to, data });
  },
  async getSettings() {
    return checkSettings(await call("settings_get"));
  },
  async setSettings(patch) {
    return checkSettings(await call("settings_set", { patch }));
  },
  async serverInfo() {
    return v.parse(serverInfo, await call("server_info"));
  },
  async openExternal(url) {
    await call("open_external", { url });
  },
};
