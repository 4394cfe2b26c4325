import { test } from "./files-test";

for (const who of ["sender", "receiver"] as const) {
  test(`a transfer waits while the ${who} is out of the room, and goes on when they are back`, async ({
    large,
  }) => {
    const person = large[who];
    const other = who === "sender" ? large.receiver : large.sender;
    await person.reach(1);
    await person.leave();
    await other.expectTransfer("waiting", `${person.name} is away`);
    await person.rejoin();
    await person.openFiles();
    await large.expectArrival();
  });
}
