import { beforeEach, expect, it, vi } from "vitest";
import { settled } from "../../tests/settled";
import type { LinkStats } from "../engine/types";
import { sampleStats } from "../gallery/sample-stats";
import {
  LinkSampler,
  MAX_SAMPLES,
  SAMPLE_MS,
  type SampledLink,
  STATS_TIMEOUT_MS,
  WATCHED_SAMPLE_MS,
} from "./link-sampler";

const TICK_MS = 200;

/** A link whose `stats` resolves, hangs or rejects as the test sets it. */
class FakeLink {
  requests = 0;
  impairment = 0;
  behaviour: "resolve" | "hang" | "reject" = "resolve";
  stats = (): Promise<LinkStats> => {
    this.requests += 1;
    if (this.behaviour === "hang") return new Promise(() => {});
    if (this.behaviour === "reject") return Promise.reject(new Error("closed"));
    return Promise.resolve(sampleStats(this.impairment));
  };
}

let now: number;
let changed: ReturnType<typeof vi.fn<() => void>>;
let sampler: LinkSampler;
let links: SampledLink[];

const sampled = (key: string, link: FakeLink, connected = true): SampledLink => ({
  key,
  link,
  connected,
  camera: true,
  ownCamera: true,
});

async function pass(milliseconds: number): Promise<void> {
  for (const end = now + milliseconds; now < end; now += TICK_MS) {
    sampler.tick(links);
    await settled();
  }
}

beforeEach(() => {
  now = 0;
  changed = vi.fn<() => void>();
  sampler = new LinkSampler(() => now, changed);
});

it("samples every link every two seconds, and every second while it is watched", async () => {
  const [a, b] = [new FakeLink(), new FakeLink()];
  links = [sampled("a", a), sampled("b", b)];
  const stop = sampler.watch("a", () => {});
  await pass(10_000);
  expect([a.requests, b.requests]).toEqual([10_000 / WATCHED_SAMPLE_MS, 10_000 / SAMPLE_MS]);
  stop();
  await pass(10_000);
  expect(a.requests).toBe(10_000 / WATCHED_SAMPLE_MS + 10_000 / SAMPLE_MS);
});

it("requests no further statistics before the last ones arrived, and then has no quality", async () => {
  const link = new FakeLink();
  links = [sampled("a", link)];
  await pass(10_000);
  expect(sampler.quality("a").level).toBe("good");
  link.behaviour = "hang";
  await pass(STATS_TIMEOUT_MS + 2 * SAMPLE_MS);
  expect(link.requests).toBe(10_000 / SAMPLE_MS + 1);
  expect(sampler.quality("a").level).toBe("unknown");
});

it("continues after errors", async () => {
  const link = new FakeLink();
  link.behaviour = "reject";
  links = [sampled("a", link)];
  await pass(20_000);
  expect(sampler.samples("a")).toEqual([]);
  expect(sampler.quality("a").level).toBe("unknown");
  link.behaviour = "resolve";
  await pass(20_000);
  expect(sampler.samples("a").length).toBeGreaterThan(0);
  expect(sampler.quality("a").level).toBe("good");
});

it("keeps a bounded history, the same array between two samples", async () => {
  links = [sampled("a", new FakeLink())];
  await pass((MAX_SAMPLES + 20) * SAMPLE_MS);
  const samples = sampler.samples("a");
  expect(samples).toHaveLength(MAX_SAMPLES);
  expect(samples.at(-1)?.at).toBeGreaterThan(samples[0]?.at ?? Infinity);
  expect(sampler.samples("a")).toBe(samples);
  expect(sampler.samples("nobody")).toBe(sampler.samples("nobody else"));
});

it("reports each change of the quality once, and samples only to watchers", async () => {
  const link = new FakeLink();
  links = [sampled("a", link), sampled("b", new FakeLink())];
  const listener = vi.fn();
  sampler.watch("a", listener);
  await pass(20_000);
  expect(listener).toHaveBeenCalledTimes(20);
  expect(changed).toHaveBeenCalledTimes(2);
  link.impairment = 1;
  await pass(60_000);
  expect(sampler.quality("a").level).toBe("poor");
  expect(sampler.quality("b").level).toBe("good");
  // By way of fair, at most, and at most once for another cause.
  expect(changed.mock.calls.length).toBeLessThanOrEqual(5);
});

it("has no quality while a link is down, and starts over with another link", async () => {
  const link = new FakeLink();
  links = [sampled("a", link)];
  await pass(10_000);
  links = [sampled("a", link, false)];
  await pass(4_000);
  expect(sampler.quality("a").level).toBe("unknown");
  expect(sampler.samples("a")).not.toEqual([]);
  expect(link.requests).toBe(10_000 / SAMPLE_MS);
  links = [sampled("a", new FakeLink())];
  sampler.tick(links);
  expect(sampler.samples("a")).toEqual([]);
});

it("forgets a removed link, and ignores its late statistics", async () => {
  const link = new FakeLink();
  const listener = vi.fn();
  sampler.watch("a", listener);
  links = [sampled("a", link)];
  sampler.tick(links);
  links = [];
  sampler.tick(links);
  await settled();
  expect(sampler.samples("a")).toEqual([]);
  expect(changed).not.toHaveBeenCalled();
  expect(listener).not.toHaveBeenCalled();
});

it("continues when the clock is set back", async () => {
  const link = new FakeLink();
  links = [sampled("a", link)];
  now = 1e9;
  await pass(10_000);
  now = 0;
  const before = link.requests;
  await pass(10_000);
  expect(link.requests).toBeGreaterThanOrEqual(before + 10_000 / SAMPLE_MS);
});
