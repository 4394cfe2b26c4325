import { en } from "../../../ui/src/i18n/en";
import { TINY } from "../fixtures/painted-devices";
import { expectToDiffer } from "../fixtures/pattern";
import type { Person } from "../fixtures/person";
import { expect, test } from "../fixtures/test";

const NAMES = ["Ara", "Bora", "Chan", "Dani", "Eun", "Gaon", "Hana", "Iseul"];

// One after the other, as people speak in a full room. Fifty-six cameras and microphones at the same time need several
// times what two cores encode and decode: such a test would measure the machine.
test("eight people are all connected, and each one sees and hears the seven others", async ({ visit }) => {
  // This only limits the time that a broken room takes.
  test.setTimeout(480_000);
  expectToDiffer(NAMES);
  const everyone: Person[] = [];
  for (const name of NAMES) {
    const contextExtras = { viewport: { width: 640, height: 400 }, reducedMotion: "reduce" } as const;
    const person = await visit(name, { cheap: TINY, contextExtras });
    await person.join();
    everyone.push(person);
  }
  const othersOf = (person: Person) => everyone.filter((other) => other !== person);

  await Promise.all(everyone.map((person) => person.expectConnectedTo(...othersOf(person))));
  // The layout hides nobody: seven others and the own tile.
  for (const { page } of everyone) await expect(page.getByTestId("tile")).toHaveCount(8);

  for (const speaker of everyone) {
    await speaker.press(en.dock.cameraOn);
    await speaker.press(en.dock.unmute);
    await speaker.expectOwn("camera", true);
    await speaker.expectOwn("microphone", true);
    await Promise.all(othersOf(speaker).map((other) => other.expectToSeeAndHear(speaker)));
    await speaker.press(en.dock.cameraOff);
    await speaker.press(en.dock.mute);
    await Promise.all(
      othersOf(speaker).map((other) => other.expectState(speaker, { camera: false, microphone: false })),
    );
  }
});
