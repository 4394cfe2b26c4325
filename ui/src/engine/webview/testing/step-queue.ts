import { settled } from "../../../../tests/settled";

export interface DrainOptions {
  /** Chooses the lane of the next step. */
  pick?: (lanes: readonly string[]) => string;
  until?: () => boolean;
  max?: number;
}

/**
 * Asynchronous steps that run only when a test says so. Each lane keeps its order; between lanes any order is possible,
 * so a test can drive every interleaving.
 */
export class StepQueue {
  #lanes = new Map<string, (() => void)[]>();

  add(lane: string, step: () => void): void {
    this.#lane(lane).push(step);
  }

  /** Runs before all other steps of its lane. */
  addFirst(lane: string, step: () => void): void {
    this.#lane(lane).unshift(step);
  }

  clear(lane: string): void {
    this.#lane(lane).length = 0;
  }

  /** Lanes with steps, in the order in which the lanes were first used. */
  get lanes(): string[] {
    return [...this.#lanes].flatMap(([lane, steps]) => (steps.length > 0 ? [lane] : []));
  }

  /** Runs the next step of `lane`, and everything that follows from it without another step. */
  async run(lane: string): Promise<void> {
    const step = this.#lane(lane).shift();
    if (!step) throw new Error(`no step in lane "${lane}"`);
    step();
    await settled();
  }

  /** Runs steps until there are none, or until `until` is true. Throws after `max` steps: an endless loop. */
  async drain({
    pick = ([first = ""]) => first,
    until = () => false,
    max = 3_000,
  }: DrainOptions = {}): Promise<void> {
    await settled();
    for (let count = 0; !until(); count += 1) {
      const { lanes } = this;
      if (lanes.length === 0) return;
      if (count === max) throw new Error(`still busy after ${max} steps: ${lanes.join(", ")}`);
      await this.run(pick(lanes));
    }
  }

  #lane(lane: string): (() => void)[] {
    const steps = this.#lanes.get(lane) ?? [];
    this.#lanes.set(lane, steps);
    return steps;
  }
}
