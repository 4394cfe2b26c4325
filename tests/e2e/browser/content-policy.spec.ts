import { expectFilesWorkerToHash, expectNoCodeFromStrings } from "../fixtures/files-worker";
import { test } from "../fixtures/test";

test("the content policy permits the WebAssembly module of file transfer, and no code from strings", async ({
  page,
  server,
}) => {
  await page.goto(server.origin);
  await expectFilesWorkerToHash(page);
  await expectNoCodeFromStrings(page);
});
