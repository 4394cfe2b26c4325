import { test } from "../desktop/lab-test";
import type { Conditions, Lab, PacketCounts } from "../fixtures/lab";
import { freezesOf, type Interval, metricsOf, type ReceivedMedia, recoveryOf } from "./metrics";
import { keep, kept, type Result, tables } from "./path-results";
import {
  type CounterSample,
  type Recording,
  record,
  recorded,
  sampleCounters,
  sampleCountersOfDesktop,
} from "./recorder";
import { pause } from "./results";
import { desktopAndChromium, type Side, twoChromiums } from "./sides";

const SECONDS = Number(process.env.MARU_BENCH_SECONDS ?? 25);
/** Until the senders know the capacity of the path. */
const SETTLE = Number(process.env.MARU_BENCH_SETTLE ?? 12);
const BEFORE = 8;
const CUT = 12;
const AFTER = 20;

/** A noticeable freeze. Milliseconds. */
const NOTICED = 300;

/** A round trip of 20 ms. */
const NEAR: Conditions = { delayMs: 10 };
const WIDE: Conditions = { ...NEAR, rate: 3_000_000 };

const PATHS: Record<string, Conditions> = {
  clean: NEAR,
  "3 % loss": { ...NEAR, loss: 0.03 },
  "5 % loss": { ...NEAR, loss: 0.05 },
  "10 % loss": { ...NEAR, loss: 0.1 },
  "80 ms jitter": { ...NEAR, jitterMs: 80 },
};

/**
 * From 3 Mbit/s to this and back. The mock cameras need about 650 kbit/s at this size: the first cut removes a third of
 * that, the second two thirds.
 */
const CUTS: Record<string, Conditions> = {
  "cut to 500 kbit/s": { ...NEAR, rate: 500_000 },
  "cut to 250 kbit/s": { ...NEAR, rate: 250_000 },
};

/** Records from now on what arrives at `side`. */
async function startRecording({ kind, evaluate }: Side, other: string): Promise<void> {
  await evaluate(record, other);
  await evaluate(kind === "desktop" ? sampleCountersOfDesktop : sampleCounters);
}

/** Keeps the condition of the path for this time. */
async function hold(lab: Lab, conditions: Conditions, seconds: number): Promise<Interval> {
  await lab.set(conditions);
  const from = Date.now();
  await pause(seconds);
  return { from, to: Date.now() };
}

/** Measures both directions of a running call. */
async function measure(lab: Lab, path: string, sides: [Side, Side]): Promise<void> {
  const [one, two] = sides;
  const narrow = CUTS[path];
  await lab.set(narrow ? WIDE : NEAR);
  await pause(SETTLE);
  await startRecording(one, two.name);
  await startRecording(two, one.name);
  const intervals: Interval[] = [];
  if (narrow) {
    intervals.push(await hold(lab, WIDE, BEFORE));
    intervals.push(await hold(lab, narrow, CUT));
    intervals.push(await hold(lab, WIDE, AFTER));
  } else intervals.push(await hold(lab, PATHS[path] ?? NEAR, SECONDS));
  const { oneToTwo, twoToOne } = await lab.set(NEAR);
  const atOne = await one.evaluate(recorded);
  const atTwo = await two.evaluate(recorded);
  const directions = [
    { from: one, to: two, atSender: atOne, atReceiver: atTwo, packets: oneToTwo },
    { from: two, to: one, atSender: atTwo, atReceiver: atOne, packets: twoToOne },
  ];
  await keep(directions.map((direction) => resultOf(path, direction, intervals)));
}

interface Direction {
  from: Side;
  to: Side;
  atSender: { counters: CounterSample[] };
  atReceiver: { recording: Recording; counters: CounterSample[] };
  packets: PacketCounts;
}

function resultOf(path: string, direction: Direction, intervals: Interval[]): Result {
  const { from, to, atSender, atReceiver, packets } = direction;
  const received: ReceivedMedia = {
    ...atReceiver,
    bytes:
      to.kind === "Chromium"
        ? atReceiver.counters.map(({ at, receivedBytes }) => [at, receivedBytes])
        : atSender.counters.map(({ at, sentBytes }) => [at, sentBytes]),
  };
  const name = ({ kind, name }: Side) => (from.kind === to.kind ? `${kind} ${name}` : kind);
  const [first, second, third] = intervals;
  const startedAt = first?.from ?? 0;
  const estimate = atSender.counters
    .filter(({ at }, index, all) => at >= startedAt && (all[index - 1]?.at ?? 0) % 1_000 > at % 1_000)
    .map((counters) => Math.round(counters.estimate));
  const freezes = freezesOf(received, startedAt, NOTICED);
  const result: Result = { path, from: name(from), to: name(to), packets, estimate, freezes };
  if (first && second && third) result.recovery = recoveryOf(received, first, second, third.to);
  else if (first) result.metrics = metricsOf(received, first);
  return result;
}

test.afterAll(async () => {
  console.log(`\n${tables(await kept())}\n`);
});

for (const path of [...Object.keys(PATHS), ...Object.keys(CUTS)]) {
  test(`paths: ${path}, desktop and Chromium`, async ({ app, lab, enter, room }) => {
    test.setTimeout((SETTLE + SECONDS + 180) * 1_000);
    await measure(lab, path, await desktopAndChromium(app, enter, room));
  });

  test(`paths: ${path}, Chromium and Chromium`, async ({ lab, enter, server }) => {
    test.setTimeout((SETTLE + SECONDS + 180) * 1_000);
    await measure(lab, path, await twoChromiums(lab, enter, server));
  });
}
