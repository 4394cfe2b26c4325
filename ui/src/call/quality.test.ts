import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_STATS } from "../engine/none/engine";
import { figures, NO_MEDIA_STATS } from "../gallery/figures";
import {
  CAUSES,
  type Figures,
  figuresOf,
  type Judgement,
  judge,
  MIN_SAMPLES,
  NO_JUDGEMENT,
  RAMP_UP_MS,
  RECOVER_MS,
  THRESHOLDS,
  WINDOW_MS,
} from "./quality";

const CLEAN: Figures = {
  loss: 0,
  concealed: 0,
  delay: 40,
  jitter: 3,
  starved: 0,
  frameInterval: 33,
  frozen: 0,
};
const NOTHING: Figures = {
  loss: null,
  concealed: null,
  delay: null,
  jitter: null,
  starved: null,
  frameInterval: null,
  frozen: null,
};
const METRICS = Object.keys(THRESHOLDS) as (keyof Figures)[];
const RANK = { unknown: -1, good: 0, fair: 1, poor: 2 };

/** A link's life, one sample every `every` milliseconds. */
class Life {
  judgement: Judgement = NO_JUDGEMENT;
  now = 0;
  /** Every word said, with the time it was said at. */
  said: { at: number; level: keyof typeof RANK }[] = [];

  constructor(readonly every = 2_000) {}

  goOn(milliseconds: number, figures: Partial<Figures> = {}): this {
    for (const end = this.now + milliseconds; this.now < end; ) this.sample({ ...CLEAN, ...figures });
    return this;
  }
  sample(figures: Figures): this {
    this.now += this.every;
    this.judgement = judge(this.judgement, figures, this.now);
    const { level } = this.judgement.quality;
    if (this.said.at(-1)?.level !== level) this.said.push({ at: this.now, level });
    return this;
  }
  get level() {
    return this.judgement.quality.level;
  }
  get cause() {
    return this.judgement.quality.cause;
  }
}

describe("the verdict", () => {
  it("waits for enough samples", () => {
    const life = new Life().goOn((MIN_SAMPLES - 1) * 2_000);
    expect(life.level).toBe("unknown");
    expect(life.goOn(2_000).level).toBe("good");
  });

  it.each(METRICS)("follows %s through fair to poor and back", (metric) => {
    const { fair, poor, cause } = THRESHOLDS[metric];
    const life = new Life().goOn(20_000);
    expect(life.level).toBe("good");
    life.goOn(20_000, { [metric]: fair * 1.1 });
    expect([life.level, life.cause]).toEqual(["fair", cause]);
    life.goOn(20_000, { [metric]: poor * 1.1 });
    expect([life.level, life.cause]).toEqual(["poor", cause]);
    life.goOn(WINDOW_MS + RECOVER_MS + 2_000);
    expect([life.level, life.cause]).toEqual(["good", null]);
  });

  it("is not moved by a single bad sample", () => {
    const life = new Life().goOn(20_000).sample({ ...CLEAN, loss: 1, jitter: 900, delay: 4_000 });
    life.goOn(20_000);
    expect(life.said.map(({ level }) => level)).toEqual(["unknown", "good"]);
  });

  it("is out within a window when a connection goes bad", () => {
    const life = new Life().goOn(30_000);
    const since = life.now;
    life.goOn(WINDOW_MS, { loss: 0.2 });
    expect((life.said.find(({ level }) => level === "poor")?.at ?? Infinity) - since).toBeLessThanOrEqual(
      WINDOW_MS,
    );
  });

  it("leaves a connection the time to find out how much it can carry", () => {
    const life = new Life().goOn(RAMP_UP_MS, { starved: 2 }).goOn(20_000);
    expect(life.said.map(({ level }) => level)).toEqual(["unknown", "good"]);
  });

  it("does not flap at a threshold", () => {
    const life = new Life().goOn(20_000, { loss: THRESHOLDS.loss.fair * 1.05 });
    const { fair } = THRESHOLDS.loss;
    for (let step = 0; step < 200; step++) life.goOn(2_000, { loss: fair * (step % 2 ? 0.93 : 1.07) });
    expect(life.said.map(({ level }) => level)).toEqual(["unknown", "fair"]);
  });

  it("counts a threshold as crossed until the figure is well below it", () => {
    const { fair } = THRESHOLDS.loss;
    const life = new Life().goOn(20_000, { loss: fair * 1.05 }).goOn(60_000, { loss: fair * 0.93 });
    expect(life.level).toBe("fair");
    expect(life.goOn(60_000, { loss: fair * 0.8 }).goOn(60_000, { loss: fair * 0.93 }).level).toBe("good");
  });

  it("names the same cause while it is one, though another joins in", () => {
    const life = new Life().goOn(20_000, { jitter: 80 });
    expect(life.cause).toBe("jitter");
    expect(life.goOn(20_000, { jitter: 80, loss: 0.3 }).cause).toBe("jitter");
    expect(life.goOn(20_000, { loss: 0.3 }).cause).toBe("loss");
  });

  it("blames loss for made-up sound where packets are lost, and lateness where none are", () => {
    expect(new Life().goOn(20_000, { concealed: 0.1, loss: 0.03 }).cause).toBe("loss");
    expect(new Life().goOn(20_000, { concealed: 0.1 }).cause).toBe("jitter");
  });

  it("is forgotten when nothing is measured any more", () => {
    const life = new Life().goOn(20_000, { loss: 0.3 });
    for (let step = 0; step < 8; step++) life.sample(NOTHING);
    expect([life.level, life.cause]).toEqual(["unknown", null]);
  });

  it("survives a clock that is set back", () => {
    const life = new Life().goOn(60_000, { loss: 0.3 });
    life.now = 0;
    expect(life.goOn(40_000).level).toBe("good");
  });
});

describe("whatever is measured", () => {
  const value = (metric: keyof Figures) =>
    fc.option(
      fc.double({ min: 0, max: 4, noNaN: true }).map((times) => times * THRESHOLDS[metric].poor),
      { freq: 6 },
    );
  const anyFigures: fc.Arbitrary<Figures> = fc.record({
    loss: value("loss"),
    concealed: value("concealed"),
    delay: value("delay"),
    jitter: value("jitter"),
    starved: value("starved"),
    frameInterval: value("frameInterval"),
    frozen: value("frozen"),
  });
  const anyLife = fc.array(anyFigures, { minLength: 1, maxLength: 80 });
  const everies = fc.constantFrom(1_000, 2_000, 3_500);

  it("a cause is named exactly where something is wrong", () => {
    fc.assert(
      fc.property(anyLife, everies, (samples, every) => {
        const life = new Life(every);
        for (const sample of samples) {
          life.sample(sample);
          if (life.level === "fair" || life.level === "poor") expect(CAUSES).toContain(life.cause);
          else expect(life.cause).toBeNull();
        }
      }),
    );
  });

  it("it gets better no sooner than RECOVER_MS after it got worse", () => {
    fc.assert(
      fc.property(anyLife, everies, (samples, every) => {
        const life = new Life(every);
        for (const sample of samples) life.sample({ ...CLEAN, ...sample });
        let worseAt = Number.NEGATIVE_INFINITY;
        life.said.forEach(({ at, level }, index) => {
          const before = life.said[index - 1]?.level ?? "unknown";
          if (RANK[level] > RANK[before]) worseAt = at;
          else if (level !== "unknown") expect(at - worseAt).toBeGreaterThanOrEqual(RECOVER_MS);
        });
      }),
    );
  });

  it("what is steadily worse is never said to be better", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...METRICS),
        fc.double({ min: 0, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (metric, a, b) => {
          const { poor } = THRESHOLDS[metric];
          const rank = (times: number) => RANK[new Life().goOn(40_000, { [metric]: times * poor }).level];
          expect(rank(Math.max(a, b))).toBeGreaterThanOrEqual(rank(Math.min(a, b)));
        },
      ),
    );
  });

  it("a steady connection gets one word and keeps it", () => {
    fc.assert(
      fc.property(anyFigures, everies, (sample, every) => {
        const life = new Life(every);
        for (let step = 0; step < 60; step++) life.sample({ ...sample, starved: 0 });
        expect(life.said.length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it("remembers no more than a window", () => {
    fc.assert(
      fc.property(anyLife, (samples) => {
        const life = new Life(1_000);
        for (const sample of samples) life.sample(sample);
        expect(life.judgement.window.length).toBeLessThanOrEqual(WINDOW_MS / 1_000);
      }),
    );
  });
});

describe("what is looked at", () => {
  const BOTH = { camera: true, ownCamera: true };

  it("is the worse direction's loss, and half the round trip with the buffer on top", () => {
    const seen = figuresOf(figures(0, { loss: 0.01, sentLoss: 0.04, roundTrip: 100 }), BOTH);
    expect(seen.loss).toBe(0.04);
    expect(seen.delay).toBe(50 + 42);
  });

  it("leaves cameras out that are off", () => {
    const off = figuresOf(figures(1), { camera: false, ownCamera: false });
    expect([off.frameInterval, off.frozen, off.starved]).toEqual([null, null, null]);
    expect(off.loss).not.toBeNull();
  });

  it("takes no frames at all for the slowest there is, and a slow screen for nothing", () => {
    const camera = {
      ...NO_MEDIA_STATS,
      direction: "received",
      source: "camera",
      framesPerSecond: 0,
    } as const;
    const screen = { ...camera, source: "screen" } as const;
    expect(figuresOf(figures(0, { media: [camera] }), BOTH).frameInterval).toBe(1_000);
    expect(figuresOf(figures(0, { media: [screen] }), BOTH).frameInterval).toBeNull();
  });

  it.each([
    ["none", 100_000, 0],
    ["cpu", 100_000, 0],
    ["bandwidth", 900_000, 1],
    ["bandwidth", null, 1],
    ["bandwidth", 100_000, 2],
  ] as const)("an encoder held back by %s with room for %s is starved by %s", (limitation, room, starved) => {
    const camera = { ...NO_MEDIA_STATS, direction: "sent", source: "camera", limitation } as const;
    expect(figuresOf(figures(0, { availableBitrate: room, media: [camera] }), BOTH).starved).toBe(starved);
  });

  it("is nothing where an engine says nothing", () => {
    expect(figuresOf(NO_STATS, BOTH)).toEqual(NOTHING);
  });

  it("calls the gallery's good connection good, and its bad one poor", () => {
    const level = (strain: number) => {
      const life = new Life();
      for (let step = 0; step < 10; step++) life.sample(figuresOf(figures(strain), BOTH));
      return life.level;
    };
    expect([level(0), level(1)]).toEqual(["good", "poor"]);
  });
});
