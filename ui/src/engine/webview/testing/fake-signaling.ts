import type { PeerSignal } from "../../../protocol/generated";
import type { StepQueue } from "./step-queue";

export type Side = "a" | "b";

export const otherSide = (side: Side): Side => (side === "a" ? "b" : "a");

/** Signals between two sides: each delivery is a step, in order per direction (lanes `a to b` and `b to a`). */
export class FakeSignaling {
  readonly log: { from: Side; signal: PeerSignal }[] = [];
  receivers: Record<Side, (signal: PeerSignal) => void> = { a: () => {}, b: () => {} };
  /** The signals delivered instead of this one: none loses it, several repeat it. */
  transform: (signal: PeerSignal, from: Side) => PeerSignal[] = (signal) => [signal];

  constructor(private readonly queue: StepQueue) {}

  send(from: Side, signal: PeerSignal): void {
    // Sent as JSON.
    const sent: PeerSignal = JSON.parse(JSON.stringify(signal));
    this.log.push({ from, signal: sent });
    const to = otherSide(from);
    for (const delivered of this.transform(sent, from))
      this.queue.add(laneOf(from), () => this.receivers[to](delivered));
  }

  /** Runs everything except the delivery of signals. */
  async runLocally(): Promise<void> {
    const local = () => this.queue.lanes.filter((lane) => lane !== laneOf("a") && lane !== laneOf("b"));
    await this.queue.drain({ pick: () => local()[0] ?? "", until: () => local().length === 0 });
  }

  /** Delivers everything that is on its way from `side`. */
  async deliver(side: Side): Promise<void> {
    while (this.queue.lanes.includes(laneOf(side))) await this.queue.run(laneOf(side));
  }

  /** The descriptions sent by `side`, in order. */
  descriptions(side: Side): { type: string; sdp: string }[] {
    return this.log.flatMap(({ from, signal }) =>
      from === side && "description" in signal
        ? [{ ...signal.description, sdp: signal.description.sdp ?? "" }]
        : [],
    );
  }
}

export function laneOf(from: Side): string {
  return `${from} to ${otherSide(from)}`;
}
