import { DeviceError } from "../engine/types";

export type OpenResult<T> = { track: T } | { error: DeviceError };

/** A rejection as a value; errors of an unknown kind become `failed`. */
export async function openResult<T>(opening: Promise<T>): Promise<OpenResult<T>> {
  try {
    return { track: await opening };
  } catch (error) {
    return { error: error instanceof DeviceError ? error : new DeviceError("failed", String(error)) };
  }
}
