import { DeviceError, type DeviceErrorCode } from "./types";

/** Names from Media Capture and Streams §9.3.1 and Screen Capture §5.1; the message is never matched. */
const BY_NAME: Record<string, DeviceErrorCode> = {
  NotAllowedError: "denied",
  SecurityError: "insecure",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "failed",
  NotSupportedError: "unsupported",
};

export function deviceError(error: unknown): DeviceError {
  if (error instanceof DeviceError) return error;
  if (error instanceof Error) {
    return new DeviceError(BY_NAME[error.name] ?? "failed", `${error.name}: ${error.message}`);
  }
  return new DeviceError("failed", String(error));
}
