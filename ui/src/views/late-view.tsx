import { type ComponentType, use } from "react";

/** A part of the interface did not load: no network, or the server has been updated and has other files by now. */
export class NotLoaded extends Error {
  /** `forget`: the next attempt to show the part loads it again. */
  constructor(
    cause: unknown,
    readonly forget: () => void,
  ) {
    super(String(cause));
    this.name = "NotLoaded";
  }
}

/**
 * A view that is loaded when it is first shown, or before by `preload`. Unlike `lazy` it can be tried again after a
 * failure, which reaches the error boundary as {@link NotLoaded}.
 */
export function lateView<P extends object>(load: () => Promise<ComponentType<P>>) {
  let loaded: ComponentType<P> | null = null;
  let loading: Promise<ComponentType<P>> | null = null;
  const forget = () => {
    loading = null;
  };
  const start = () => {
    loading ??= load().then(
      (view) => {
        loaded = view;
        return view;
      },
      (error: unknown) => {
        throw new NotLoaded(error, forget);
      },
    );
    return loading;
  };
  function View(props: P) {
    const Loaded = loaded ?? use(start());
    return <Loaded {...props} />;
  }
  return { View, preload: () => void start().catch(forget) };
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
