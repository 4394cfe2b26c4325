import { expectFilesWorkerToHash, expectNoCodeFromStrings } from "../fixtures/files-worker";
import { expectDownloadWorkerServed, expectNoPageInFrames } from "../fixtures/streamed-downloads";
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

test("in Firefox, too, the service worker of downloads has its folder only, and no page can be framed", async ({
  firefox,
  server,
}) => {
  const page = await firefox.newPage();
  await page.goto(server.origin);
  await expectDownloadWorkerServed(page);
  await expectNoPageInFrames(page);
});
