import * as v from "valibot";
import { DEFAULT_SETTINGS, MAX_RECENT_ROOMS, type Settings } from "./types";

const deviceId = v.nullable(v.pipe(v.string(), v.maxLength(512)));

/** Not smaller than the limits of the shell (`src-tauri/src/settings`), in UTF-16 units. */
const FIELDS = {
  name: v.pipe(v.string(), v.maxLength(256)),
  language: v.picklist(["system", "ko", "en"]),
  theme: v.picklist(["system", "dark", "light"]),
  sounds: v.boolean(),
  shortcuts: v.boolean(),
  notifications: v.boolean(),
  hideMessageText: v.boolean(),
  microphoneOn: v.boolean(),
  cameraOn: v.boolean(),
  microphoneId: deviceId,
  cameraId: deviceId,
  speakerId: deviceId,
  echoCancellation: v.boolean(),
  noiseSuppression: v.boolean(),
  gainControl: v.boolean(),
  mirrorSelf: v.boolean(),
  hideSelf: v.boolean(),
  screenContent: v.picklist(["text", "motion"]),
  serverUrl: v.pipe(v.string(), v.maxLength(2048)),
  downloadFolder: v.nullable(v.pipe(v.string(), v.maxLength(4096))),
  recentRooms: v.pipe(
    v.array(
      v.object({
        server: v.pipe(v.string(), v.maxLength(2048), v.regex(/^https?:\/\//)),
        room: v.pipe(v.string(), v.maxLength(256)),
      }),
    ),
    v.maxLength(MAX_RECENT_ROOMS),
  ),
} satisfies { [K in keyof Settings]: v.GenericSchema<unknown, Settings[K]> };

/**
 * The settings in `value`, with the default for each field that is missing or invalid. Each field is checked by itself,
 * so that one written by another version does not lose the others.
 */
export function checkSettings(value: unknown): Settings {
  const given = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const valid: Record<string, unknown> = {};
  for (const [field, schema] of Object.entries(FIELDS)) {
    const result = v.safeParse(schema, given[field]);
    if (result.success) valid[field] = result.output;
  }
  return { ...DEFAULT_SETTINGS, ...valid };
}
