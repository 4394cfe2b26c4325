import { expect, test } from "../fixtures/test";

test("우리집 is one room: by link, typed composed, and typed as separate jamo", async ({ visit }) => {
  const byLink = await visit("민지", { room: "우리집" });
  await expect(byLink.roomInput).toHaveValue("우리집");
  await byLink.join();

  const composed = await visit("Juno", { room: null });
  await composed.roomInput.fill("우리집".normalize("NFC"));
  await composed.join();

  const jamo = await visit("Hana", { room: null });
  await jamo.roomInput.fill("우리집".normalize("NFD"));
  await jamo.join();

  await byLink.expectConnectedTo(composed, jamo);
  await composed.expectConnectedTo(byLink, jamo);
  for (const person of [byLink, composed, jamo]) {
    expect(await person.page.evaluate(() => globalThis.__maruCall.getState().room)).toBe("우리집");
    expect(decodeURIComponent(new URL(person.page.url()).pathname)).toBe("/r/우리집");
  }
});

test("full-width and capital letters lead to the same room", async ({ visit }) => {
  const minji = await visit("Minji", { room: null });
  await minji.roomInput.fill("ＤＡＩＬＹ");
  await minji.join();
  const juno = await visit("Juno", { room: "daily" });
  await juno.join();
  await juno.expectConnectedTo(minji);
});
