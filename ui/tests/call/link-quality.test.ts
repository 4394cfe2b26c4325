import { expect, it, vi } from "vitest";
import { sampleStats } from "../../src/gallery/sample-stats";
import { settled } from "../settled";
import { Person, server } from "./people";

async function enter(name: string): Promise<Person> {
  const person = new Person(name);
  person.call.join("daily", name);
  await server.flush();
  return person;
}
const other = ({ state }: Person) => state.participants[0];
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

it("is published for each participant, and the snapshot changes only when it does", async () => {
  const ann = await enter("Ann");
  await enter("Ben");
  expect(other(ann)?.quality).toEqual({ level: "unknown", cause: null });
  await pass(10_000);
  expect(other(ann)?.quality).toEqual({ level: "good", cause: null });
  const before = ann.call.getState();
  await pass(20_000);
  expect(ann.call.getState()).toBe(before);
  Object.assign(ann.link?.statsPatch ?? {}, sampleStats(1));
  await pass(20_000);
  expect(other(ann)?.quality.level).toBe("poor");
});

it("is unknown while a link is down, and comes back with it", async () => {
  const ann = await enter("Ann");
  await enter("Ben");
  await pass(10_000);
  ann.link?.break("reconnecting");
  await pass(1_000);
  expect(other(ann)).toMatchObject({ link: "reconnecting", quality: { level: "unknown" } });
  ann.link?.restartIce();
  await server.flush();
  await pass(10_000);
  expect(other(ann)).toMatchObject({ link: "connected", quality: { level: "good" } });
});

it("provides samples to a watcher until it stops", async () => {
  const ann = await enter("Ann");
  await enter("Ben");
  const id = other(ann)?.id ?? "";
  const listener = vi.fn();
  const stop = ann.call.watchSamples(id, listener);
  await pass(10_000);
  expect(listener.mock.calls.length).toBeGreaterThanOrEqual(9);
  expect(ann.call.samples(id)).toHaveLength(listener.mock.calls.length);
  stop();
  const { length } = listener.mock.calls;
  await pass(10_000);
  expect(listener).toHaveBeenCalledTimes(length);
  expect(ann.call.samples("nobody")).toEqual([]);
  expect(ann.call.watchSamples("nobody", listener)).toBeInstanceOf(Function);
});

it("is no longer sampled after leaving", async () => {
  const ann = await enter("Ann");
  await enter("Ben");
  const id = other(ann)?.id ?? "";
  await pass(10_000);
  const left = ann.link;
  if (!left) throw new Error("no link");
  const asked = vi.spyOn(left, "stats");
  ann.call.leave();
  await settled();
  await pass(10_000);
  expect(asked).not.toHaveBeenCalled();
  expect(ann.call.samples(id)).toEqual([]);
});
