import type { Host } from "./types";

/** The host that the interface runs on. Only its code is loaded. */
export async function createHost(): Promise<Host> {
  if ("__TAURI_INTERNALS__" in globalThis) {
    const { createDesktopHost } = await import("./desktop/index");
    return createDesktopHost();
  }
  const { createBrowserHost } = await import("./browser/index");
  return createBrowserHost();
}
