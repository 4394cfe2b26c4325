import { expect, test } from "./files-test";

for (const who of ["sender", "receiver"] as const) {
  test(`a reload of the ${who}'s page leaves the transfer as it is`, async ({ large }) => {
    const person = large[who];
    const before = await person.reach(1);
    await person.window.reload();
    // The room, and its transfers, come back with the page.
    await person.expectInCall();
    await person.openFiles();
    const [shown] = await person.transfers();
    expect(shown?.state).toMatch(/^(active|done)$/);
    expect(shown?.percent ?? 100).toBeGreaterThanOrEqual(before);
    await large.expectArrival();
  });
}
