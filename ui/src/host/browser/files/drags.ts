import type { FileDrag } from "../../files";
import { type Selection, takeDropped } from "./selection";

/** Drops whose recipients are not decided, at most. */
const MAX_DROPPED = 16;

/** Files that are dragged over the page and dropped on it. */
export class PageDrags {
  #listeners = new Set<(drag: FileDrag) => void>();
  #dropped = new Map<string, () => Promise<Selection>>();
  #nextToken = 1;

  constructor(private readonly target: Pick<Window, "addEventListener" | "removeEventListener">) {}

  subscribe(listener: (drag: FileDrag) => void): () => void {
    if (this.#listeners.size === 0) this.#listen(true);
    this.#listeners.add(listener);
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#listen(false);
    };
  }

  /** What was dropped, once; null if it is not there any more. */
  async take(token: string): Promise<Selection | null> {
    const read = this.#dropped.get(token);
    this.#dropped.delete(token);
    return (await read?.()) ?? null;
  }

  #listen(on: boolean): void {
    const change = on ? "addEventListener" : "removeEventListener";
    this.target[change]("dragover", this.#onOver as EventListener);
    this.target[change]("dragleave", this.#onLeave as EventListener);
    this.target[change]("drop", this.#onDrop as EventListener);
  }

  #emit(drag: FileDrag): void {
    for (const listener of [...this.#listeners]) listener(drag);
  }

  #onOver = (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    this.#emit({ type: "over", x: event.clientX, y: event.clientY });
  };

  #onLeave = (event: DragEvent): void => {
    // Between two elements of the page it enters the other.
    if (hasFiles(event) && event.relatedTarget === null) this.#emit({ type: "leave" });
  };

  #onDrop = (event: DragEvent): void => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    const { items, read } = takeDropped(event.dataTransfer);
    const token = String(this.#nextToken);
    this.#nextToken += 1;
    this.#dropped.set(token, read);
    const [oldest] = this.#dropped.keys();
    if (this.#dropped.size > MAX_DROPPED && oldest !== undefined) this.#dropped.delete(oldest);
    this.#emit({ type: "drop", x: event.clientX, y: event.clientY, token, items });
  };
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}
