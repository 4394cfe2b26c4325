/** The two sides of a measured call, whose media passes through a lab's path. */
import type { DesktopApp } from "../desktop/app";
import { enterWithEverything, evaluateIn } from "../desktop/native";
import type { Evaluate } from "../fixtures/frame-checker";
import type { Lab } from "../fixtures/lab";
import type { Person, PersonOptions } from "../fixtures/person";
import type { SignalingServer } from "../fixtures/server";
import { rememberConnections } from "./recorder";

/** One participant. */
export interface Side {
  name: string;
  kind: "desktop" | "Chromium";
  /** Runs a function in their page. */
  evaluate: Evaluate;
}

type Enter = (name: string, options?: Partial<PersonOptions>) => Promise<Person>;

/** The size of both cameras. */
const PICTURES = { width: 640, height: 480, frameRate: 30 };
const OPTIONS = { pictures: PICTURES, prepare: rememberConnections };

/** Both are in the call, and media arrives at the Chromium side. */
export async function desktopAndChromium(app: DesktopApp, enter: Enter, room: string): Promise<[Side, Side]> {
  await enterWithEverything(app, room, "Desk", PICTURES);
  const guest = await enter("Guest", OPTIONS);
  await guest.expectToSeeAndHear("Desk");
  return [{ name: "Desk", kind: "desktop", evaluate: evaluateIn(app.window) }, chromium(guest)];
}

/** Both are in the call, and media arrives at both. */
export async function twoChromiums(lab: Lab, enter: Enter, server: SignalingServer): Promise<[Side, Side]> {
  const origin = server.originFrom(lab.one);
  const one = await enter("One", { ...OPTIONS, browser: await lab.one.launch(origin), origin });
  const two = await enter("Two", OPTIONS);
  await one.expectToSeeAndHear("Two");
  await two.expectToSeeAndHear("One");
  return [chromium(one), chromium(two)];
}

function chromium({ name, evaluate }: Person): Side {
  return { name, kind: "Chromium", evaluate };
}
