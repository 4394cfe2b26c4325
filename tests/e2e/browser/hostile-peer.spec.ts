import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "../fixtures/test";

const corpus = resolve(import.meta.dirname, "../../../crates/protocol/tests/malformed");
const frames = (folder: string) =>
  readdirSync(join(corpus, folder))
    .filter((file) => file.endsWith(".frame"))
    .map((file) => readFileSync(join(corpus, folder, file), "utf8"));

test("invalid signals, data channel messages and server messages do not disturb the call", async ({
  enter,
  outsider,
  server,
}) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await minji.expectToSeeAndHear(juno);
  const hostile = await outsider({ name: "Villain" });
  const target = (await minji.selfId()) ?? "";
  await expect.poll(async () => (await hostile.link(target))?.channelOpen).toBe(true);

  for (const text of frames("peer-signal")) {
    let data: unknown = text;
    try {
      data = JSON.parse(text);
    } catch {
      // Not JSON: it is sent as a string.
    }
    // The server drops a signal with too deep nesting; the others arrive.
    await hostile.signal(target, data);
  }
  for (const data of [
    { connection: "media", description: { type: "offer", sdp: "v=0" } },
    {
      connection: "media",
      description: { type: "answer", sdp: "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" },
    },
    { connection: "media", candidate: { candidate: "candidate:nonsense", sdpMid: "0", sdpMLineIndex: 0 } },
    { connection: "media", candidate: { candidate: "", sdpMid: "99", sdpMLineIndex: 99 } },
    { connection: "files", description: { type: "offer", sdp: "v=0" } },
  ]) {
    await hostile.signal(target, data);
  }
  await hostile.sendAllToPeer(target, frames("peer-message"));
  await hostile.sendBytesToPeer(target, [0, 159, 146, 150]);
  await hostile.sendToPeer(
    target,
    JSON.stringify({ type: "chat", id: "long", at: 1, text: "x".repeat(60_000) }),
  );
  // A hello may not take the ID of another participant, or an unknown ID.
  for (const participant of [await juno.selfId(), target, crypto.randomUUID()]) {
    await hostile.sendToPeer(
      target,
      JSON.stringify({
        type: "hello",
        participant,
        incarnation: crypto.randomUUID(),
        state: { microphone: true, camera: true, screen: true, hand: true },
      }),
    );
  }
  await hostile.sendAllToPeer(
    target,
    Array.from({ length: 400 }, (_, n) =>
      JSON.stringify({ type: "chat", id: `flood ${n}`, at: 1, text: `flood ${n}` }),
    ),
  );
  for (const text of frames("client/bad-message")) await hostile.sendRaw(text).catch(() => {});

  await minji.expectToSeeAndHear(juno);
  await juno.expectToSeeAndHear(minji);
  await juno.say("still here");
  await minji.openChat();
  await expect(minji.chatLog.getByText("still here")).toBeVisible();
  const names = (await minji.others()).map(({ name }) => name);
  expect(names).toContain("Juno");
  const hana = await enter("Hana");
  await hana.expectToSeeAndHear(minji, juno);
  expect(await server.metric("maru_rooms")).toBe(1);
});
