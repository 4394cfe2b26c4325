import { test } from "../desktop/lab-test";
import { enterWithEverything } from "../desktop/native";
import { expect } from "../desktop/test";
import type { WebDriver } from "../desktop/webdriver";
import type { Carried, Conditions, Lab } from "../fixtures/lab";
import type { Person } from "../fixtures/person";
import { figuresOf, freezesOf, recoveryOf, type Seen, type Span } from "./figures";
import { keep, kept, type Result, tables } from "./path-results";
import {
  type Counted,
  count,
  countInDesktop,
  type Recording,
  record,
  recorded,
  rememberConnections,
} from "./recorder";

const SECONDS = Number(process.env.MARU_BENCH_SECONDS ?? 25);
/** Until the senders know the capacity of the path. */
const SETTLE = Number(process.env.MARU_BENCH_SETTLE ?? 12);
const BEFORE = 8;
const CUT = 12;
const AFTER = 20;

/** A noticeable freeze. Milliseconds. */
const NOTICED = 300;

const PICTURES = { width: 640, height: 480, frameRate: 30 };
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

/** One participant: a way to run code in their page, and their name in a table. */
interface Side {
  name: string;
  kind: "desktop" | "Chromium";
  start(other: string): Promise<void>;
  read(): Promise<{ recording: Recording; counted: Counted[] }>;
}

function chromium(person: Person): Side {
  return {
    name: person.name,
    kind: "Chromium",
    start: async (other) => {
      await person.page.evaluate(record, other);
      await person.page.evaluate(count);
    },
    read: () => person.page.evaluate(recorded),
  };
}

function desktop(window: WebDriver, name: string): Side {
  return {
    name,
    kind: "desktop",
    start: async (other) => {
      await window.evaluate(`(${record})(arguments[0]); (${countInDesktop})();`, other);
    },
    read: () => window.evaluate(`return (${recorded})()`),
  };
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** Keeps the condition of the path for this time. */
async function stretch(lab: Lab, conditions: Conditions, seconds: number): Promise<Span> {
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
  await one.start(two.name);
  await two.start(one.name);
  const spans: Span[] = [];
  if (narrow) {
    spans.push(await stretch(lab, WIDE, BEFORE));
    spans.push(await stretch(lab, narrow, CUT));
    spans.push(await stretch(lab, WIDE, AFTER));
  } else spans.push(await stretch(lab, PATHS[path] ?? NEAR, SECONDS));
  const { forth, back } = await lab.set(NEAR);
  const read = { one: await one.read(), two: await two.read() };
  const directions = [
    { from: one, to: two, sent: read.one, got: read.two, packets: forth },
    { from: two, to: one, sent: read.two, got: read.one, packets: back },
  ];
  await keep(directions.map((direction) => resultOf(path, direction, spans)));
}

interface Direction {
  from: Side;
  to: Side;
  sent: { counted: Counted[] };
  got: { recording: Recording; counted: Counted[] };
  packets: Carried;
}

function resultOf(path: string, direction: Direction, spans: Span[]): Result {
  const { from, to, sent, got, packets } = direction;
  const seen: Seen = {
    recording: got.recording,
    heard: got.counted,
    bytes:
      to.kind === "Chromium"
        ? got.counted.map(({ at, receivedBytes }) => [at, receivedBytes])
        : sent.counted.map(({ at, sentBytes }) => [at, sentBytes]),
  };
  const name = ({ kind, name }: Side) => (from.kind === to.kind ? `${kind} ${name}` : kind);
  const [first, second, third] = spans;
  const begun = first?.from ?? 0;
  const estimate = sent.counted
    .filter(({ at }, index, all) => at >= begun && (all[index - 1]?.at ?? 0) % 1_000 > at % 1_000)
    .map((counted) => Math.round(counted.estimate));
  const freezes = freezesOf(seen, begun, NOTICED);
  const result: Result = { path, from: name(from), to: name(to), packets, estimate, freezes };
  if (first && second && third) result.recovery = recoveryOf(seen, first, second, third.to);
  else if (first) result.figures = figuresOf(seen, first);
  return result;
}

test.afterAll(async () => {
  console.log(`\n${tables(await kept())}\n`);
});

for (const path of [...Object.keys(PATHS), ...Object.keys(CUTS)]) {
  test(`paths: ${path}, desktop and Chromium`, async ({ app, lab, enter, room }) => {
    test.setTimeout((SETTLE + SECONDS + 180) * 1_000);
    await enterWithEverything(app, room, "Desk", PICTURES);
    const guest = await enter("Guest", { pictures: PICTURES, prepare: rememberConnections });
    await guest.expectToSeeAndHear("Desk");
    await measure(lab, path, [desktop(app.window, "Desk"), chromium(guest)]);
  });

  test(`paths: ${path}, Chromium and Chromium`, async ({ lab, enter, server }) => {
    test.setTimeout((SETTLE + SECONDS + 180) * 1_000);
    const origin = server.originFrom(lab.one);
    const options = { pictures: PICTURES, prepare: rememberConnections };
    const one = await enter("One", { ...options, browser: await lab.one.launch(origin), origin });
    const two = await enter("Two", options);
    await one.expectToSeeAndHear("Two");
    await two.expectToSeeAndHear("One");
    await expect(one.tile("Two")).toBeVisible();
    await measure(lab, path, [chromium(one), chromium(two)]);
  });
}
