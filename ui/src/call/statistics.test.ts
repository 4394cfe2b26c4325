import { beforeEach, expect, it, vi } from "vitest";
import { settled } from "../../tests/fakes";
import type { LinkStats } from "../engine/types";
import { figures } from "../gallery/figures";
import { HISTORY, OVERDUE_MS, SAMPLE_MS, type Sampled, Statistics, WATCHED_MS } from "./statistics";

const TICK_MS = 200;

/** A link that answers when it is told to. */
class Line {
  asked = 0;
  strain = 0;
  answer: "at once" | "never" | "with an error" = "at once";
  stats = (): Promise<LinkStats> => {
    this.asked += 1;
    if (this.answer === "never") return new Promise(() => {});
    if (this.answer === "with an error") return Promise.reject(new Error("closed"));
    return Promise.resolve(figures(this.strain));
  };
}

let now: number;
let changed: ReturnType<typeof vi.fn<() => void>>;
let statistics: Statistics;
let links: Sampled[];

const sampled = (key: string, link: Line, connected = true): Sampled => ({
  key,
  link,
  connected,
  camera: true,
  ownCamera: true,
});

async function pass(milliseconds: number): Promise<void> {
  for (const end = now + milliseconds; now < end; now += TICK_MS) {
    statistics.tick(links);
    await settled();
  }
}

beforeEach(() => {
  now = 0;
  changed = vi.fn<() => void>();
  statistics = new Statistics(() => now, changed);
});

it("samples every link every two seconds, and each second while it is watched", async () => {
  const [a, b] = [new Line(), new Line()];
  links = [sampled("a", a), sampled("b", b)];
  const stop = statistics.watch("a", () => {});
  await pass(10_000);
  expect([a.asked, b.asked]).toEqual([10_000 / WATCHED_MS, 10_000 / SAMPLE_MS]);
  stop();
  await pass(10_000);
  expect(a.asked).toBe(10_000 / WATCHED_MS + 10_000 / SAMPLE_MS);
});

it("does not ask a link again before it answered, and says that nothing is known", async () => {
  const line = new Line();
  links = [sampled("a", line)];
  await pass(10_000);
  expect(statistics.quality("a").level).toBe("good");
  line.answer = "never";
  await pass(OVERDUE_MS + 2 * SAMPLE_MS);
  expect(line.asked).toBe(10_000 / SAMPLE_MS + 1);
  expect(statistics.quality("a").level).toBe("unknown");
});

it("goes on after errors", async () => {
  const line = new Line();
  line.answer = "with an error";
  links = [sampled("a", line)];
  await pass(20_000);
  expect(statistics.samples("a")).toEqual([]);
  expect(statistics.quality("a").level).toBe("unknown");
  line.answer = "at once";
  await pass(20_000);
  expect(statistics.samples("a").length).toBeGreaterThan(0);
  expect(statistics.quality("a").level).toBe("good");
});

it("keeps a bounded history, the same array between two samples", async () => {
  links = [sampled("a", new Line())];
  await pass((HISTORY + 20) * SAMPLE_MS);
  const samples = statistics.samples("a");
  expect(samples).toHaveLength(HISTORY);
  expect(samples.at(-1)?.at).toBeGreaterThan(samples[0]?.at ?? Infinity);
  expect(statistics.samples("a")).toBe(samples);
  expect(statistics.samples("nobody")).toBe(statistics.samples("nobody else"));
});

it("tells of another quality once, and of samples only to who watches", async () => {
  const line = new Line();
  links = [sampled("a", line), sampled("b", new Line())];
  const heard = vi.fn();
  statistics.watch("a", heard);
  await pass(20_000);
  expect(heard).toHaveBeenCalledTimes(20);
  expect(changed).toHaveBeenCalledTimes(2);
  line.strain = 1;
  await pass(60_000);
  expect(statistics.quality("a").level).toBe("poor");
  expect(statistics.quality("b").level).toBe("good");
  // By way of fair, at most, and at most once for another cause.
  expect(changed.mock.calls.length).toBeLessThanOrEqual(5);
});

it("knows nothing of a link that is down, and begins anew with another", async () => {
  const line = new Line();
  links = [sampled("a", line)];
  await pass(10_000);
  links = [sampled("a", line, false)];
  await pass(4_000);
  expect(statistics.quality("a").level).toBe("unknown");
  expect(statistics.samples("a")).not.toEqual([]);
  expect(line.asked).toBe(10_000 / SAMPLE_MS);
  links = [sampled("a", new Line())];
  statistics.tick(links);
  expect(statistics.samples("a")).toEqual([]);
});

it("forgets who left, also what they still answer", async () => {
  const line = new Line();
  const heard = vi.fn();
  statistics.watch("a", heard);
  links = [sampled("a", line)];
  statistics.tick(links);
  links = [];
  statistics.tick(links);
  await settled();
  expect(statistics.samples("a")).toEqual([]);
  expect(changed).not.toHaveBeenCalled();
  expect(heard).not.toHaveBeenCalled();
});

it("goes on when the clock is set back", async () => {
  const line = new Line();
  links = [sampled("a", line)];
  now = 1e9;
  await pass(10_000);
  now = 0;
  const before = line.asked;
  await pass(10_000);
  expect(line.asked).toBeGreaterThanOrEqual(before + 10_000 / SAMPLE_MS);
});
