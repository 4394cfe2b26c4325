import type { Host } from "./types";

/** The host this interface runs on. Each is loaded only where it is used. */
export async function createHost(): Promise<Host> {
  if ("__TAURI_INTERNALS__" in globalThis) {
    const { createDesktopHost } = await import("./desktop/index");
    return createDesktopHost();
  }
  const { createBrowserHost } = await import("./browser/index");
  return createBrowserHost();
}
