import { type ComponentType, useEffect, useState } from "react";

/** A part of the interface did not load: no network, or the server has been updated and has other files by now. */
export class NotLoaded extends Error {
  override readonly name = "NotLoaded";
}

/**
 * A part of the interface that is not in the first load. It is loaded by `preload`, or when it is first needed; after a
 * failure it is loaded again when it is needed again. (`lazy` remembers a failure for ever, and its fallback would be
 * the screen that the focus moves to.)
 */
export function latePart<P extends object>(load: () => Promise<ComponentType<P>>) {
  let part: ComponentType<P> | null = null;
  let loading: Promise<void> | null = null;
  const start = () => {
    loading ??= load().then(
      (loaded) => {
        part = loaded;
      },
      (error: unknown) => {
        loading = null;
        throw new NotLoaded(String(error));
      },
    );
    return loading;
  };

  /** The part; null while it is not needed or loads. Throws {@link NotLoaded}, for an error boundary. */
  function usePart(needed: boolean): ComponentType<P> | null {
    const [, render] = useState(0);
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
      if (!needed || part) return;
      let mounted = true;
      start().then(
        () => mounted && render((count) => count + 1),
        (failure: unknown) => mounted && setError(failure),
      );
      return () => {
        mounted = false;
      };
    }, [needed]);
    if (error !== null) throw error;
    return needed ? part : null;
  }

  return { usePart, preload: () => void start().catch(() => undefined) };
}

/** Calls `action` once the page has nothing more urgent to do. Returns a function that cancels it. */
export function whenIdle(action: () => void): () => void {
  // Safari has no `requestIdleCallback`.
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(action, 500);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(action, { timeout: 3_000 });
  return () => cancelIdleCallback(handle);
}
