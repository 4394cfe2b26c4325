import { en } from "../../../ui/src/i18n/en";
import { DesktopApp } from "../desktop/app";
import {
  enterWithEverything,
  expectAudio,
  expectedVideos,
  expectPicture,
  frameCheckerOf,
  requireNativeEngine,
} from "../desktop/native";
import { button } from "../desktop/webdriver";
import { SMALL } from "../fixtures/painted-devices";
import { keepPeerConnections, restarted, restartIce } from "../fixtures/peer-connections";
import { expect, test } from "./test";

// Firefox offers first, whoever joins first.
for (const first of ["Firefox", "the app"])
  test(`Firefox and the app in a call, ${first} first`, async ({ firefox, enter, server, room }) => {
    const app = await DesktopApp.start({ server: server.origin });
    try {
      const { window } = app;
      const enterApp = () =>
        enterWithEverything(app, room, "Desk", { width: 320, height: 240, frameRate: 15 });
      if (first === "the app") await enterApp();
      const hana = await enter("Hana", { browser: firefox, cheap: SMALL, prepare: keepPeerConnections });
      if (first === "Firefox") await enterApp();
      await requireNativeEngine(app);

      await hana.expectConnectedTo("Desk");
      await hana.expectToSeeAndHear("Desk");
      await hana.expectLevelOf("Desk");
      await expectPicture(app);
      await expectAudio(app);

      const expectBoth = async () => {
        await hana.expectConnectedTo("Desk");
        await hana.expectToSeeAndHear("Desk");
        await expectPicture(app);
        await expectAudio(app);
      };

      await hana.say("from Firefox");
      await expect
        .poll(() => window.evaluate("return __maruCall.getState().chat.map(({ text }) => text)"))
        .toEqual(["from Firefox"]);
      await window.evaluate(`__maruCall.sendChat("from the desk")`);
      await expect(hana.chatLog).toContainText("from the desk");

      await window.click(button(en.dock.cameraOff));
      await hana.expectState("Desk", { camera: false });
      await window.click(button(en.dock.cameraOn));
      await hana.expectToSeeAndHear("Desk");

      // An offer by Firefox on the established connection.
      await hana.share();
      await expectPicture(app, "screen");
      await hana.expectToSeeAndHear("Desk");
      await expectAudio(app);

      const desk = await hana.idOf("Desk");
      await restartIce(hana.page, desk);
      await expectBoth();
      const restartInApp = () =>
        window.evaluate("__maruCall.retryLink(__maruCall.getState().participants[0].id)");
      await restarted(hana.page, restartInApp);
      await expectBoth();
      // Both at the same moment.
      await Promise.all([restartInApp(), restartIce(hana.page, desk)]);
      await expectBoth();

      // Leaving and joining again: the app is the resident now.
      await hana.leave();
      await expect.poll(() => window.evaluate("return __maruCall.getState().participants.length")).toBe(0);
      await hana.turnOn("microphone");
      await hana.turnOn("camera");
      await hana.join();
      await expectBoth();

      if (first === "Firefox") return;
      const chris = await enter("Chris");
      await chris.expectToSeeAndHear(hana, "Desk");
      await hana.expectToSeeAndHear(chris, "Desk");
      for (const video of await expectedVideos(app)) await frameCheckerOf(app).expectRight(video, video.name);
    } finally {
      await app.close();
    }
  });
