import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

test("a peer that only answers receives and sends media, as newcomer", async ({ enter, outsider }) => {
  const minji = await enter("Minji");
  const bot = await outsider();
  const self = (await minji.selfId()) ?? "";
  await bot.expectVideoFrom(self);
  await bot.expectAudioFrom(self);
  await minji.expectToSeeAndHear("Outsider");
});

test("a peer that only answers receives and sends media, as resident", async ({ enter, outsider }) => {
  const bot = await outsider();
  const minji = await enter("Minji");
  const self = (await minji.selfId()) ?? "";
  await bot.expectVideoFrom(self);
  await bot.expectAudioFrom(self);
  await minji.expectToSeeAndHear("Outsider");
});

test("a peer that only answers exchanges hello, state, chat and reactions as documented", async ({
  enter,
  outsider,
}) => {
  const minji = await enter("Minji");
  const bot = await outsider({ media: false });
  const self = (await minji.selfId()) ?? "";
  await expect.poll(async () => (await bot.link(self))?.channelOpen).toBe(true);
  const messages = async () => ((await bot.link(self))?.messages ?? []) as { type: string }[];

  await expect.poll(messages).toContainEqual({
    type: "hello",
    participant: self,
    incarnation: expect.any(String),
    state: { microphone: true, camera: true, screen: false, hand: false },
    features: ["files"],
  });
  await minji.press(en.dock.raiseHand);
  await expect
    .poll(messages)
    .toContainEqual({ type: "state", state: { microphone: true, camera: true, screen: false, hand: true } });
  await minji.say("hello bot");
  await expect
    .poll(messages)
    .toContainEqual({ type: "chat", id: expect.any(String), at: expect.any(Number), text: "hello bot" });

  await bot.sendToPeer(self, JSON.stringify({ type: "chat", id: "1", at: Date.now(), text: "hello Minji" }));
  await expect(minji.chatLog.getByText("hello Minji")).toBeVisible();
  await bot.sendToPeer(
    self,
    JSON.stringify({ type: "state", state: { microphone: false, camera: false, screen: false, hand: true } }),
  );
  await minji.expectState("Outsider", { microphone: false, camera: false, hand: true });
});

test("a peer that only answers receives a shared screen through another offer", async ({
  enter,
  outsider,
}) => {
  const minji = await enter("Minji");
  const bot = await outsider({ media: false });
  const self = (await minji.selfId()) ?? "";
  await bot.expectVideoFrom(self);
  await minji.press(en.dock.cameraOff);
  await minji.press(en.dock.share);
  await bot.expectVideoFrom(self);
});
