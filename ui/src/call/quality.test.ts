import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_STATS } from "../engine/none/engine";
import { NO_MEDIA_STATS, sampleStats } from "../gallery/sample-stats";
import {
  CAUSES,
  IMPROVE_AFTER_MS,
  MIN_SAMPLES,
  metricsOf,
  NO_METRICS,
  NO_RATING,
  type QualityMetrics,
  RAMP_UP_MS,
  type Rating,
  rate,
  THRESHOLDS,
  WINDOW_MS,
} from "./quality";

const CLEAN: QualityMetrics = {
  loss: 0,
  concealed: 0,
  delay: 40,
  jitter: 3,
  bandwidthLimited: 0,
  frameInterval: 33,
  frozen: 0,
};
const METRICS = Object.keys(THRESHOLDS) as (keyof QualityMetrics)[];
const RANK = { unknown: -1, good: 0, fair: 1, poor: 2 };

/** The rating of a link over time, with one sample every `interval` milliseconds. */
class RatedLink {
  rating: Rating = NO_RATING;
  now = 0;
  /** Every change of the level. */
  history: { at: number; level: keyof typeof RANK }[] = [];

  constructor(readonly interval = 2_000) {}

  run(milliseconds: number, metrics: Partial<QualityMetrics> = {}): this {
    for (const end = this.now + milliseconds; this.now < end; ) this.sample({ ...CLEAN, ...metrics });
    return this;
  }
  sample(metrics: QualityMetrics): this {
    this.now += this.interval;
    this.rating = rate(this.rating, metrics, this.now);
    const { level } = this.rating.quality;
    if (this.history.at(-1)?.level !== level) this.history.push({ at: this.now, level });
    return this;
  }
  get level() {
    return this.rating.quality.level;
  }
  get cause() {
    return this.rating.quality.cause;
  }
}

describe("the rating", () => {
  it("waits for enough samples", () => {
    const link = new RatedLink().run((MIN_SAMPLES - 1) * 2_000);
    expect(link.level).toBe("unknown");
    expect(link.run(2_000).level).toBe("good");
  });

  it.each(METRICS)("follows %s from good through fair to poor and back", (metric) => {
    const { fair, poor, cause } = THRESHOLDS[metric];
    const link = new RatedLink().run(20_000);
    expect(link.level).toBe("good");
    link.run(20_000, { [metric]: fair * 1.1 });
    expect([link.level, link.cause]).toEqual(["fair", cause]);
    link.run(20_000, { [metric]: poor * 1.1 });
    expect([link.level, link.cause]).toEqual(["poor", cause]);
    link.run(WINDOW_MS + IMPROVE_AFTER_MS + 2_000);
    expect([link.level, link.cause]).toEqual(["good", null]);
  });

  it("does not change for a single bad sample", () => {
    const link = new RatedLink().run(20_000).sample({ ...CLEAN, loss: 1, jitter: 900, delay: 4_000 });
    link.run(20_000);
    expect(link.history.map(({ level }) => level)).toEqual(["unknown", "good"]);
  });

  it("becomes poor within one window when a connection goes bad", () => {
    const link = new RatedLink().run(30_000);
    const since = link.now;
    link.run(WINDOW_MS, { loss: 0.2 });
    expect((link.history.find(({ level }) => level === "poor")?.at ?? Infinity) - since).toBeLessThanOrEqual(
      WINDOW_MS,
    );
  });

  it("ignores the bandwidth limit while bandwidth estimation ramps up", () => {
    const link = new RatedLink().run(RAMP_UP_MS, { bandwidthLimited: 2 }).run(20_000);
    expect(link.history.map(({ level }) => level)).toEqual(["unknown", "good"]);
  });

  it("does not flap at a threshold", () => {
    const link = new RatedLink().run(20_000, { loss: THRESHOLDS.loss.fair * 1.05 });
    const { fair } = THRESHOLDS.loss;
    for (let step = 0; step < 200; step++) link.run(2_000, { loss: fair * (step % 2 ? 0.93 : 1.07) });
    expect(link.history.map(({ level }) => level)).toEqual(["unknown", "fair"]);
  });

  it("applies hysteresis to thresholds", () => {
    const { fair } = THRESHOLDS.loss;
    const link = new RatedLink().run(20_000, { loss: fair * 1.05 }).run(60_000, { loss: fair * 0.93 });
    expect(link.level).toBe("fair");
    expect(link.run(60_000, { loss: fair * 0.8 }).run(60_000, { loss: fair * 0.93 }).level).toBe("good");
  });

  it("keeps the cause while it applies, although there is another", () => {
    const link = new RatedLink().run(20_000, { jitter: 80 });
    expect(link.cause).toBe("jitter");
    expect(link.run(20_000, { jitter: 80, loss: 0.3 }).cause).toBe("jitter");
    expect(link.run(20_000, { loss: 0.3 }).cause).toBe("loss");
  });

  it("attributes concealed audio to loss if packets are lost, and to jitter if none are", () => {
    expect(new RatedLink().run(20_000, { concealed: 0.1, loss: 0.03 }).cause).toBe("loss");
    expect(new RatedLink().run(20_000, { concealed: 0.1 }).cause).toBe("jitter");
  });

  it("is unknown when nothing is measured any more", () => {
    const link = new RatedLink().run(20_000, { loss: 0.3 });
    for (let step = 0; step < 8; step++) link.sample(NO_METRICS);
    expect([link.level, link.cause]).toEqual(["unknown", null]);
  });

  it("survives a clock that is set back", () => {
    const link = new RatedLink().run(60_000, { loss: 0.3 });
    link.now = 0;
    expect(link.run(40_000).level).toBe("good");
  });
});

describe("for any metrics", () => {
  const anyValue = (metric: keyof QualityMetrics) =>
    fc.option(
      fc.double({ min: 0, max: 4, noNaN: true }).map((times) => times * THRESHOLDS[metric].poor),
      { freq: 6 },
    );
  const anyMetrics: fc.Arbitrary<QualityMetrics> = fc.record({
    loss: anyValue("loss"),
    concealed: anyValue("concealed"),
    delay: anyValue("delay"),
    jitter: anyValue("jitter"),
    bandwidthLimited: anyValue("bandwidthLimited"),
    frameInterval: anyValue("frameInterval"),
    frozen: anyValue("frozen"),
  });
  const anySamples = fc.array(anyMetrics, { minLength: 1, maxLength: 80 });
  const intervals = fc.constantFrom(1_000, 2_000, 3_500);

  it("a cause is named if and only if the level is fair or poor", () => {
    fc.assert(
      fc.property(anySamples, intervals, (samples, interval) => {
        const link = new RatedLink(interval);
        for (const sample of samples) {
          link.sample(sample);
          if (link.level === "fair" || link.level === "poor") expect(CAUSES).toContain(link.cause);
          else expect(link.cause).toBeNull();
        }
      }),
    );
  });

  it("the level improves no sooner than IMPROVE_AFTER_MS after it got worse", () => {
    fc.assert(
      fc.property(anySamples, intervals, (samples, interval) => {
        const link = new RatedLink(interval);
        for (const sample of samples) link.sample({ ...CLEAN, ...sample });
        let worseAt = Number.NEGATIVE_INFINITY;
        link.history.forEach(({ at, level }, index) => {
          const before = link.history[index - 1]?.level ?? "unknown";
          if (RANK[level] > RANK[before]) worseAt = at;
          else if (level !== "unknown") expect(at - worseAt).toBeGreaterThanOrEqual(IMPROVE_AFTER_MS);
        });
      }),
    );
  });

  it("a constantly worse metric never gets a better level", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...METRICS),
        fc.double({ min: 0, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (metric, a, b) => {
          const { poor } = THRESHOLDS[metric];
          const rank = (times: number) => RANK[new RatedLink().run(40_000, { [metric]: times * poor }).level];
          expect(rank(Math.max(a, b))).toBeGreaterThanOrEqual(rank(Math.min(a, b)));
        },
      ),
    );
  });

  it("a constant connection gets one level and keeps it", () => {
    fc.assert(
      fc.property(anyMetrics, intervals, (sample, interval) => {
        const link = new RatedLink(interval);
        for (let step = 0; step < 60; step++) link.sample({ ...sample, bandwidthLimited: 0 });
        expect(link.history.length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it("keeps no more samples than one window", () => {
    fc.assert(
      fc.property(anySamples, (samples) => {
        const link = new RatedLink(1_000);
        for (const sample of samples) link.sample(sample);
        expect(link.rating.window.length).toBeLessThanOrEqual(WINDOW_MS / 1_000);
      }),
    );
  });
});

describe("the metrics of a sample", () => {
  const BOTH = { camera: true, ownCamera: true };

  it("contain the loss of the worse direction, and half the round trip plus the jitter buffer", () => {
    const metrics = metricsOf(sampleStats(0, { loss: 0.01, sentLoss: 0.04, roundTrip: 100 }), BOTH);
    expect(metrics.loss).toBe(0.04);
    expect(metrics.delay).toBe(50 + 42);
  });

  it("leave out cameras that are off", () => {
    const off = metricsOf(sampleStats(1), { camera: false, ownCamera: false });
    expect([off.frameInterval, off.frozen, off.bandwidthLimited]).toEqual([null, null, null]);
    expect(off.loss).not.toBeNull();
  });

  it("bound the frame interval of a camera without frames, and ignore screens", () => {
    const camera = {
      ...NO_MEDIA_STATS,
      direction: "received",
      source: "camera",
      framesPerSecond: 0,
    } as const;
    const screen = { ...camera, source: "screen" } as const;
    expect(metricsOf(sampleStats(0, { media: [camera] }), BOTH).frameInterval).toBe(1_000);
    expect(metricsOf(sampleStats(0, { media: [screen] }), BOTH).frameInterval).toBeNull();
  });

  it.each([
    ["none", 100_000, 0],
    ["cpu", 100_000, 0],
    ["bandwidth", 900_000, 1],
    ["bandwidth", null, 1],
    ["bandwidth", 100_000, 2],
  ] as const)(
    "an encoder limited by %s with %s bit/s available has bandwidthLimited %s",
    (limitation, available, expected) => {
      const camera = { ...NO_MEDIA_STATS, direction: "sent", source: "camera", limitation } as const;
      expect(
        metricsOf(sampleStats(0, { availableBitrate: available, media: [camera] }), BOTH).bandwidthLimited,
      ).toBe(expected);
    },
  );

  it("are null where an engine reports nothing", () => {
    expect(metricsOf(NO_STATS, BOTH)).toEqual(NO_METRICS);
  });

  it("rate the gallery's good connection good, and its bad one poor", () => {
    const level = (impairment: number) => {
      const link = new RatedLink();
      for (let step = 0; step < 10; step++) link.sample(metricsOf(sampleStats(impairment), BOTH));
      return link.level;
    };
    expect([level(0), level(1)]).toEqual(["good", "poor"]);
  });
});
