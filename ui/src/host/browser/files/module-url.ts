/**
 * The address of the WebAssembly module that `cargo xtask wasm` builds. Null if it was not there when the interface was
 * built: then there are no file transfers in a browser. (An `import` of a missing file would fail the build.)
 */
export const MODULE_URL: string | null =
  Object.values(
    import.meta.glob<string>("./transfer.wasm", { query: "?url", import: "default", eager: true }),
  )[0] ?? null;
