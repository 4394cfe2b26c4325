import { expect, test } from "./files-test";
import { NativeDialog, requestClose } from "./native-dialog";

test("closing the window asks while files are transferred, and what was begun goes on later", async ({
  large,
}) => {
  const { sender, receiver } = large;
  const { environment } = receiver.app;
  await receiver.reach(1);
  await requestClose(environment);
  await (await NativeDialog.find(environment, "Quit Maru?")).cancel();
  const before = await receiver.reach(2);

  await requestClose(environment);
  await (await NativeDialog.find(environment, "Quit Maru?")).confirm();
  await expect.poll(() => receiver.app.webProcess()).toBe(0);
  await sender.expectTransfer("waiting", `${receiver.name} is away`);
  await receiver.startAgain();
  await receiver.openFiles();
  expect(await receiver.reach(1)).toBeGreaterThanOrEqual(before);
  await large.expectArrival();
});
