import "./styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { createCall } from "./call/create";
import { Transfers } from "./call/transfers";
import type { CallStore } from "./call/types";
import { suppressEscapeOfComposition } from "./components/composition-escape";
import { dismissTooltipsWithEscape } from "./components/dismiss-tooltips";
import { createHost } from "./host/index";
import { readStored } from "./host/page-storage";
import { StartFailed } from "./views/start-failed";

declare global {
  /** Only with `localStorage["maru.debug"] === "1"`: used by the end-to-end tests. */
  var __maruCall: CallStore | undefined;
}

// Not a static import: the rules of the fonts would block the first paint. Without them the system's fonts are used.
import("./styles/fonts.css").catch(() => undefined);

const root = createRoot(document.getElementById("root") ?? document.body);

async function start(): Promise<void> {
  suppressEscapeOfComposition(window);
  dismissTooltipsWithEscape(document);
  const host = await createHost();
  const call = await createCall(host);
  const expose = () => {
    if (readStored("maru.debug") === "1") globalThis.__maruCall = call;
  };
  expose();
  // Fired in other pages that have this storage, or by a test in its own.
  addEventListener("storage", expose);
  const transfers = host.files ? new Transfers(host.files, call) : null;
  root.render(
    <StrictMode>
      <App maru={{ call, host, transfers }} />
    </StrictMode>,
  );
}

start().catch((thrown: unknown) => {
  root.render(<StartFailed error={thrown instanceof Error ? thrown : new Error(String(thrown))} />);
});
