import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/**
 * Limits of what a guest's browser loads before the start screen is there, in bytes after gzip. Scripts: the entry with
 * all that it imports, and the browser host. Styles: those that block the first paint.
 */
const MAX_SCRIPT_BYTES = 160_000;
const MAX_STYLE_BYTES = 10_000;

const HOST = "/src/host/browser/index.ts";

/** Fails the build if the start screen loads more than that. */
export const firstLoad: Plugin = {
  name: "maru:first-load",
  apply: "build",
  writeBundle(_, bundle) {
    const scripts = new Set<string>();
    const styles = new Set<string>();
    const add = (fileName: string) => {
      const chunk = bundle[fileName];
      if (chunk?.type !== "chunk" || scripts.has(fileName)) return;
      scripts.add(fileName);
      for (const style of chunk.viteMetadata?.importedCss ?? []) styles.add(style);
      for (const imported of chunk.imports) add(imported);
    };
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === "chunk" && (chunk.isEntry || chunk.facadeModuleId?.endsWith(HOST)))
        add(chunk.fileName);
    }
    const bytes = (fileNames: Set<string>) => {
      let sum = 0;
      for (const fileName of fileNames) {
        const file = bundle[fileName];
        const content = file?.type === "chunk" ? file.code : file?.source;
        if (content !== undefined) sum += gzipSync(content).length;
      }
      return sum;
    };
    const [script, style] = [bytes(scripts), bytes(styles)];
    const shown = `the start screen loads ${script} bytes of scripts (limit ${MAX_SCRIPT_BYTES}) and ${style} of styles (limit ${MAX_STYLE_BYTES}), after gzip`;
    if (scripts.size < 2 || styles.size === 0) this.error(`nothing to measure: ${shown}`);
    if (script > MAX_SCRIPT_BYTES || style > MAX_STYLE_BYTES) this.error(shown);
    console.info(shown);
  },
};
