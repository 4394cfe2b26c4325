import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

for (const [what, text, problem] of [
  ["a space", "our room", "character"],
  ["an emoji", "room😀", "character"],
  ["a slash", "a/b", "character"],
  ["nothing", "", "empty"],
  ["65 characters", "a".repeat(65), "too-long"],
] as const) {
  test(`${what} is not a valid room ID: the form says why, and does not join`, async ({ visit, server }) => {
    const minji = await visit("Minji", { room: null });
    await minji.roomInput.fill(text);
    await minji.joinButton.click();
    await expect(minji.screen.getByText(en.start.roomProblems[problem])).toBeVisible();
    await expect(minji.roomInput).toHaveAttribute("aria-invalid", "true");
    expect(await server.metric("maru_participants")).toBe(0);

    await minji.roomInput.fill("daily");
    await minji.join();
  });
}

test("a link with an invalid room ID opens the start screen", async ({ visit }) => {
  const minji = await visit("Minji", { room: "our room" });
  await expect(minji.joinButton).toBeVisible();
  await minji.roomInput.fill("daily");
  await minji.join();
});
