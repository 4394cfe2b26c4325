import type { StepQueue } from "./step-queue";

/**
 * The operations chain of a peer connection (W3C WebRTC §4.4.1.2). Each operation takes two steps of its lane: it starts,
 * which takes a snapshot of what it describes, and it takes effect, which settles its promise.
 */
export class OperationsChain {
  #pending = 0;

  constructor(
    private readonly queue: StepQueue,
    private readonly lane: string,
    /** The last pending operation was settled. */
    private readonly onEmpty: () => void,
  ) {}

  get isEmpty(): boolean {
    return this.#pending === 0;
  }

  /** `start` returns what takes effect; either may throw, which rejects the promise. */
  run<T>(start: () => () => T): Promise<T> {
    this.#pending += 1;
    return new Promise((resolve, reject) => {
      const step = (body: () => void) => () => {
        try {
          body();
        } catch (error) {
          reject(error);
          this.#settled();
        }
      };
      const started = () => {
        const takeEffect = start();
        const finish = () => {
          resolve(takeEffect());
          this.#settled();
        };
        this.queue.addFirst(this.lane, step(finish));
      };
      this.queue.add(this.lane, step(started));
    });
  }

  #settled(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.onEmpty();
  }
}
