import { en } from "../../../ui/src/i18n/en";
import { toneOf } from "../fixtures/pattern";
import type { Person } from "../fixtures/person";
import { DesktopApp } from "./app";
import { joinAs, requireNativeEngine, showCall, turnOn } from "./native";
import { Loudspeaker, Speech, streamRoles } from "./sound-card";
import { expect, test } from "./test";
import { button } from "./webdriver";

/** Frequency of the tone in front of the app's microphone, in hertz. */
const APP_TONE = 500;

test("through a sound server the app sends its microphone and plays each other participant", async ({
  server,
  enter,
  room,
}) => {
  let environment: NodeJS.ProcessEnv | null = null;
  const app = await DesktopApp.start({
    server: server.origin,
    cameras: [],
    sound: true,
    before: async (own) => {
      environment = own;
    },
  });
  if (!environment) throw new Error("the app has no environment");
  const loudspeaker = new Loudspeaker(environment);
  const speech = new Speech(environment, APP_TONE);
  const { window } = app;
  try {
    await showCall(window);
    await requireNativeEngine(app);
    await turnOn(window, "microphone");
    await joinAs(window, room, "Desk");
    const one = await enter("One");
    const two = await enter("Two");
    const everyone = [one, two];

    for (const person of everyone) {
      await person.expectTone(APP_TONE, "the app");
      await loudspeaker.expectTone(toneOf(person.name), person.name);
      await expectLevel(app, person, true);
    }
    // A Bluetooth headset then has its microphone.
    const roles = ["Stream/Input/Audio: Communication", "Stream/Output/Audio: Communication"];
    expect(await streamRoles(environment)).toEqual(roles);
    for (const person of everyone) {
      const other = person === one ? two : one;
      await person.press(en.dock.mute);
      await loudspeaker.expectNoTone(toneOf(person.name), person.name);
      await loudspeaker.expectTone(toneOf(other.name), other.name);
      // The participant shown as speaking is the one who speaks.
      await expectLevel(app, person, false);
      await expectLevel(app, other, true);
      await person.press(en.dock.unmute);
      await loudspeaker.expectTone(toneOf(person.name), person.name);
    }

    await window.click(button(en.dock.mute));
    for (const person of everyone) await person.expectNoTone(APP_TONE, "the app");
    await window.click(button(en.dock.unmute));
    for (const person of everyone) await person.expectTone(APP_TONE, "the app");
  } finally {
    await speech.close();
    await loudspeaker.close();
    await app.close();
  }
});

/** The audio level shown for a participant in the app. */
async function expectLevel({ window }: DesktopApp, person: Person, speaks: boolean): Promise<void> {
  const level = expect.poll(
    () =>
      window.evaluate<number>(
        `const { id } = __maruCall.getState().participants.find(({ name }) => name === ${JSON.stringify(person.name)}) ?? {};
         return id === undefined ? -1 : __maruCall.level(id);`,
      ),
    { message: `the level of ${person.name} in the app` },
  );
  if (speaks) await level.toBeGreaterThan(0.1);
  else await level.toBe(0);
}
