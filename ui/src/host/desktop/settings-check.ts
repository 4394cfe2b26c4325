import * as v from "valibot";
import { DEFAULT_SETTINGS, type Settings } from "../types";

const deviceId = v.nullable(v.string());

const FIELDS = {
  name: v.string(),
  language: v.picklist(["system", "ko", "en"]),
  theme: v.picklist(["system", "dark", "light"]),
  sounds: v.boolean(),
  microphoneOn: v.boolean(),
  cameraOn: v.boolean(),
  microphoneId: deviceId,
  cameraId: deviceId,
  speakerId: deviceId,
  echoCancellation: v.boolean(),
  noiseSuppression: v.boolean(),
  gainControl: v.boolean(),
  screenContent: v.picklist(["text", "motion"]),
  serverUrl: v.string(),
} satisfies { [K in keyof Settings]: v.GenericSchema<unknown, Settings[K]> };

/** The settings in `value`; the default for each field that is missing or not what it should be. */
export function checkSettings(value: unknown): Settings {
  const given = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const known: Record<string, unknown> = {};
  for (const [field, schema] of Object.entries(FIELDS)) {
    const result = v.safeParse(schema, given[field]);
    if (result.success) known[field] = result.output;
  }
  return { ...DEFAULT_SETTINGS, ...known };
}
