import { engine, enterWithEverything, expectPicture, shareScreen } from "./native";
import { test } from "./test";

test("what the app shares is seen beside its camera", async ({ app, enter, room }) => {
  const size = { width: 320, height: 240, frameRate: 10 };
  await enterWithEverything(app, room, "Desk", size);
  test.skip((await engine(app)) === "webview", "this webview makes calls by itself");
  const guest = await enter("Guest");
  await guest.expectToSeeAndHear("Desk");
  await shareScreen(app, size);
  await guest.expectPictureOf("Desk", "screen");
  await guest.expectToSeeAndHear("Desk");
  await expectPicture(app);
});
