/** People with a call each, on one fake server that is new for every test. Time is fake. */
import { afterEach, beforeEach, vi } from "vitest";
import { Call } from "../../src/call/call";
import type { CallEvent } from "../../src/call/types";
import { FakeEngine } from "../fake-engine";
import { FakeHost, FakeServer } from "../fake-server";

export class Person {
  readonly host: FakeHost;
  readonly engine = new FakeEngine();
  readonly call: Call;
  readonly events: CallEvent[] = [];

  /** Not in a room yet. */
  constructor(readonly name: string) {
    this.host = new FakeHost(server);
    this.call = new Call({ host: this.host, engine: this.engine });
    this.call.onEvent((event) => this.events.push(event));
    people.push(this);
  }
  get state() {
    return this.call.getState();
  }
  get others(): string[] {
    return this.state.participants.map(({ name }) => name);
  }
  get link() {
    return this.engine.links.filter(({ closed }) => !closed).at(-1);
  }
}

export let server = new FakeServer();
export let people: Person[] = [];

/** People who join one after the other. */
export async function room(...names: string[]): Promise<Person[]> {
  const joined = names.map((name) => new Person(name));
  for (const person of joined) {
    person.call.join("daily", person.name);
    await server.flush();
  }
  return joined;
}

/** Ends all calls; the next people are on another server. */
export function startOver(): void {
  for (const person of people) person.call.destroy();
  people = [];
  server = new FakeServer();
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.unstubAllGlobals();
  startOver();
  vi.useRealTimers();
});
