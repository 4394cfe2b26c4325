import type { Source } from "../../../ui/src/engine/types";
import { en } from "../../../ui/src/i18n/en";
import type { DesktopApp } from "./app";
import { expect, expectTile, test } from "./test";
import { button, byTestId } from "./webdriver";

/** Shows the call to the test, as the browser tests' people do. */
async function debug({ window }: DesktopApp): Promise<void> {
  await expect.poll(() => window.count(byTestId("start-join"))).toBe(1);
  await window.evaluate(`localStorage.setItem("maru.debug", "1")`);
  await window.reload();
  await expect.poll(() => window.evaluate("return typeof globalThis.__maruCall")).toBe("object");
}

/** What this window can call with. */
function engine({ window }: DesktopApp): Promise<string> {
  return window.evaluate<string>("return __maruCall.getState().engine.kind");
}

async function turnOn({ window }: DesktopApp, device: "microphone" | "camera"): Promise<void> {
  const label = device === "microphone" ? en.start.turnOnMicrophone : en.start.turnOnCamera;
  await window.click(button(label));
  await expect
    .poll(() => window.evaluate(`return __maruCall.getState().self.${device}.status`), { message: device })
    .toBe("on");
}

async function join({ window }: DesktopApp, room: string): Promise<void> {
  await window.fill(byTestId("room-input"), room);
  await window.fill(byTestId("name-input"), "Desk");
  await window.click(byTestId("start-join"));
  await expect.poll(() => window.count(byTestId("dock"))).toBe(1);
}

/** What the window received of the first other participant. */
async function received(
  { window }: DesktopApp,
  source: Source,
): Promise<{ frames: number; packets: number; level: number }> {
  return window.evaluate(
    `const [other] = __maruCall.getState().participants;
     if (!other) return { frames: 0, packets: 0, level: 0 };
     return __maruCall.stats(other.id).then((stats) => {
       const media = stats?.media.find((entry) => entry.direction === "received" && entry.source === "${source}");
       return { frames: media?.frames ?? 0, packets: media?.packets ?? 0, level: __maruCall.level(other.id) };
     });`,
  );
}

/** More frames are decoded in the window than there were. */
async function expectPicture(app: DesktopApp, source: Source = "camera"): Promise<void> {
  const { frames } = await received(app, source);
  await expect
    .poll(async () => (await received(app, source)).frames, { message: `frames of the ${source} in the app` })
    .toBeGreaterThan(frames + 10);
}

async function expectVoice(app: DesktopApp): Promise<void> {
  await expect
    .poll(async () => (await received(app, "microphone")).level, { message: "a voice in the app" })
    .toBeGreaterThan(0.1);
}

test("the app and a browser guest see and hear each other", async ({ app, enter, room }) => {
  await debug(app);
  test.skip((await engine(app)) === "webview", "this webview makes calls by itself");
  expect(await engine(app)).toBe("native");
  await turnOn(app, "camera");
  await turnOn(app, "microphone");
  await app.picture("native-start");
  await join(app, room);

  const guest = await enter("Guest");
  await expectTile(app.window, "Guest");
  await guest.expectToSeeAndHear("Desk");
  await expectPicture(app);
  await expectVoice(app);
  await app.picture("native-call");

  // Chat, over the data channel that Rust carries.
  await guest.say("안녕");
  await expect
    .poll(() => app.window.evaluate("return __maruCall.getState().chat.map((message) => message.text)"))
    .toEqual(["안녕"]);
  await app.window.evaluate(`__maruCall.sendChat("from the desk")`);
  await expect(guest.chatLog).toContainText("from the desk");

  // Camera off and on again: no negotiation, and the guest is told.
  await app.window.click(button(en.dock.cameraOff));
  await guest.expectState("Desk", { camera: false });
  await app.window.click(button(en.dock.cameraOn));
  await guest.expectState("Desk", { camera: true });
  await guest.expectToSeeAndHear("Desk");

  // The guest's screen, as a second picture.
  await guest.share();
  await expectPicture(app, "screen");
});

test("a reload in the middle of a call finds its way back into it", async ({ app, enter, room }) => {
  await debug(app);
  test.skip((await engine(app)) === "webview", "this webview makes calls by itself");
  await turnOn(app, "camera");
  await join(app, room);
  const guest = await enter("Guest");
  await expectPicture(app);

  await app.window.reload();
  await expectTile(app.window, "Guest");
  await expectPicture(app);
  await expectVoice(app);
  await guest.expectConnectedTo("Desk");
});

test("an app that is killed is gone for the others", async ({ app, enter, room }) => {
  await debug(app);
  test.skip((await engine(app)) === "webview", "this webview makes calls by itself");
  await turnOn(app, "microphone");
  await join(app, room);
  const guest = await enter("Guest");
  await guest.expectConnectedTo("Desk");
  await app.close();
  await guest.expectGone("Desk");
});
