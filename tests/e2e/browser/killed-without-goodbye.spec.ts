import { launchChromiumServer } from "../fixtures/chromium";
import { test } from "../fixtures/test";

test("a participant whose browser is killed disappears for the others within the time-out", async ({
  enter,
}) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  const { server: browserServer, browser } = await launchChromiumServer();
  const hana = await enter("Hana", { browser });
  await minji.expectToSeeAndHear(hana);

  await browserServer.kill();

  // The server keeps a resume window of 15 s, and the link has its own time-out.
  await minji.expectGone(hana);
  await juno.expectGone(hana);
  await minji.expectToSeeAndHear(juno);
  await juno.expectToSeeAndHear(minji);
});
