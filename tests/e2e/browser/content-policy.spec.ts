import { expectFilesWorkerToHash, expectNoCodeFromStrings } from "../fixtures/files-worker";
import { expectDownloadWorkerServed, expectNoPageInFrames } from "../fixtures/streamed-downloads";
import { test } from "../fixtures/test";

test("the content policy permits the WebAssembly module of file transfer, and no code from strings", async ({
  page,
  server,
}) => {
  await page.goto(server.origin);
  await expectFilesWorkerToHash(page);
  await expectNoCodeFromStrings(page);
});

test("the service worker of downloads answers what is below its folder only, and no page can be framed", async ({
  page,
  server,
}) => {
  await page.goto(server.origin);
  await expectDownloadWorkerServed(page);
  await expectNoPageInFrames(page);
});
