import { expect, it } from "vitest";
import { Call } from "../../src/call/call";
import { fakeFiles } from "../../src/gallery/fake-files";
import { FakeEngine } from "../fake-engine";
import { FakeHost } from "../fake-server";
import { Person, people, server } from "./people";

/** As `Person`, with or without file transfers. */
async function join(name: string, files: boolean): Promise<Call> {
  if (!files) {
    const person = new Person(name);
    person.call.join("daily", name);
    await server.flush();
    return person.call;
  }
  const host = Object.assign(new FakeHost(server), { files: fakeFiles() });
  const call = new Call({ host, engine: new FakeEngine() });
  people.push({ call } as Person);
  call.join("daily", name);
  await server.flush();
  return call;
}

it("participants know who takes part in file transfers", async () => {
  const a = await join("A", true);
  const b = await join("B", false);
  const c = await join("C", true);
  const seen = (call: Call) => call.getState().participants.map(({ name, files }) => [name, files]);
  expect(seen(a)).toEqual([
    ["B", false],
    ["C", true],
  ]);
  expect(seen(b)).toEqual([
    ["A", true],
    ["C", true],
  ]);
  expect(seen(c)).toEqual([
    ["A", true],
    ["B", false],
  ]);
});
