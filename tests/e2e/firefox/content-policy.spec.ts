import { expectFilesWorkerToHash, expectNoCodeFromStrings } from "../fixtures/files-worker";
import { test } from "./test";

test("in Firefox, too, the content policy permits WebAssembly, and no code from strings", async ({
  firefox,
  server,
}) => {
  // Not as a person: Firefox reports what it refuses as an error of the page.
  const page = await firefox.newPage();
  await page.goto(server.origin);
  await expectFilesWorkerToHash(page);
  await expectNoCodeFromStrings(page);
});
