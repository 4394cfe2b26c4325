import type { Person } from "../fixtures/person";
import { expect, test } from "../fixtures/test";

/** Cameras of 160 × 90 at 5 fps: fifty-six encoders have to share the machine that runs the tests. */
function smallCamera() {
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const stream = await original(constraints);
    for (const track of stream.getVideoTracks()) {
      await track.applyConstraints({ width: 160, height: 90, frameRate: 5 });
    }
    return stream;
  };
}

test("eight people see and hear each other", async ({ enter }) => {
  test.setTimeout(300_000);
  const everyone: Person[] = [];
  for (const name of ["Ara", "Bora", "Chan", "Dani", "Eun", "Gaon", "Hana", "Iseul"]) {
    everyone.push(await enter(name, { prepare: smallCamera }));
  }

  await expect
    .poll(
      async () =>
        Promise.all(everyone.map(async (person) => (await person.others()).map(({ link }) => link))),
      {
        timeout: 120_000,
        intervals: [1_000],
      },
    )
    .toEqual(everyone.map(() => Array(7).fill("connected")));

  for (const person of everyone) {
    await person.expectToSeeAndHear(...everyone.filter((other) => other !== person));
    // Nobody is hidden by the layout: seven others and oneself.
    await expect(person.page.getByTestId("tile")).toHaveCount(8);
  }
});
