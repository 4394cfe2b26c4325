/**
 * The commands of the shell (`src-tauri`), typed. Results are checked, because the shell may be of another version than
 * this page.
 */
import { Channel, invoke } from "@tauri-apps/api/core";
import * as v from "valibot";
import { checkSettings } from "../settings-check";
import type { AppNotification, JoinRequest, OpenedRoom, Settings } from "../types";
import { checkEnvelope, type Envelope } from "./envelope";

/** A command failed. `code` is an `ErrorCode` of the protocol, or one of the shell's own. */
export class ShellError extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = "ShellError";
  }
}

const commandError = v.object({ code: v.string(), detail: v.string() });

/** Rejects with {@link ShellError}. The result is unchecked. */
export async function invokeShell(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
  try {
    return await invoke(command, args);
  } catch (error) {
    const typed = v.safeParse(commandError, error);
    // Anything else is an error of Tauri: the command is not allowed, or has invalid arguments.
    throw typed.success
      ? new ShellError(typed.output.code, typed.output.detail)
      : new ShellError("not-called", String(error).slice(0, 500));
  }
}

const serverInfo = v.object({ overridden: v.nullable(v.string()), joined: v.nullable(v.string()) });
export type ServerInfo = v.InferOutput<typeof serverInfo>;

const openedRoom = v.object({
  server: v.nullable(v.pipe(v.string(), v.maxLength(2048), v.regex(/^https?:\/\//))),
  room: v.nullable(v.pipe(v.string(), v.maxLength(256))),
}) satisfies v.GenericSchema<unknown, OpenedRoom>;

export interface Shell {
  subscribe(listener: (envelope: Envelope) => void): Promise<void>;
  join(turn: number, request: JoinRequest): Promise<void>;
  leave(turn: number): Promise<void>;
  signal(from: string, to: string, data: unknown): Promise<void>;
  /** While the server is out of reach: tries again at once. */
  retry(): Promise<void>;
  getSettings(): Promise<Settings>;
  setSettings(patch: Partial<Settings>): Promise<Settings>;
  /** Null if the person cancels. */
  chooseDownloadFolder(): Promise<string | null>;
  serverInfo(): Promise<ServerInfo>;
  /** Resolves with all settings. */
  setServer(origin: string): Promise<Settings>;
  onOpened(listener: (opened: OpenedRoom) => void): Promise<void>;
  openExternal(url: string): Promise<void>;
  keepScreenOn(on: boolean): Promise<void>;
  notify(notification: AppNotification): Promise<void>;
}

export const shell: Shell = {
  async subscribe(listener) {
    const channel = new Channel<unknown>((value) => {
      const envelope = checkEnvelope(value);
      if (envelope) listener(envelope);
    });
    await invokeShell("signaling_subscribe", { channel });
  },
  async join(turn, { room, name, token }) {
    await invokeShell("signaling_join", { turn, room, name, token: token ?? null });
  },
  async leave(turn) {
    await invokeShell("signaling_leave", { turn });
  },
  async signal(from, to, data) {
    await invokeShell("signaling_signal", { from, to, data });
  },
  async retry() {
    await invokeShell("signaling_retry");
  },
  async getSettings() {
    return checkSettings(await invokeShell("settings_get"));
  },
  async setSettings(patch) {
    return checkSettings(await invokeShell("settings_set", { patch }));
  },
  async chooseDownloadFolder() {
    return v.parse(v.nullable(v.string()), await invokeShell("files_choose_folder"));
  },
  async serverInfo() {
    return v.parse(serverInfo, await invokeShell("server_info"));
  },
  async setServer(origin) {
    return checkSettings(await invokeShell("server_set", { server: origin }));
  },
  async onOpened(listener) {
    const channel = new Channel<unknown>((value) => {
      const opened = v.safeParse(openedRoom, value);
      if (opened.success) listener(opened.output);
    });
    await invokeShell("links_subscribe", { channel });
  },
  async openExternal(url) {
    await invokeShell("open_external", { url });
  },
  async keepScreenOn(on) {
    await invokeShell("keep_screen_on", { on });
  },
  async notify({ kind, title, body }) {
    await invokeShell("notify", { kind, title, body });
  },
};
