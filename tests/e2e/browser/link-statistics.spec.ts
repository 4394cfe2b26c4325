import type { Locator, Page } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

const value = (panel: Locator, section: string, name: string) =>
  panel.locator(`[data-section="${section}"] [data-row="${name}"]`);

const panelOf = (page: Page, name: string) =>
  page.getByRole("complementary", { name: en.statistics.title(name) });

test("link statistics are shown per participant", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await minji.expectToSeeAndHear(juno);
  const id = await minji.idOf(juno);

  await minji.openPeople();
  const row = minji.page.getByTestId("people-item").and(minji.page.locator(`[data-participant="${id}"]`));
  await row.getByTestId("quality-mark").click();
  const panel = panelOf(minji.page, juno.name);
  await expect(panel).toBeVisible();

  await expect(value(panel, "connection", "round-trip")).toHaveText(/^[\d.,]+ ms$/);
  await expect(value(panel, "connection", "loss")).toHaveText(/^[\d.]+ %$/);
  await expect(value(panel, "connection", "jitter")).toHaveText(/^[\d.,]+ ms$/);
  await expect(value(panel, "connection", "received")).toHaveText(/^[1-9][\d.]* [kM]bit\/s$/);
  await expect(value(panel, "connection", "sent")).toHaveText(/^[1-9][\d.]* [kM]bit\/s$/);
  await expect(value(panel, "connection", "path")).toHaveText(
    new RegExp(`^${en.statistics.paths.direct} \\(`),
  );
  for (const camera of ["received-camera", "sent-camera"]) {
    await expect(value(panel, camera, "resolution")).toHaveText(/^[1-9]\d+ × [1-9]\d+$/);
    await expect(value(panel, camera, "frame-rate")).toHaveText(
      new RegExp(`^${en.statistics.framesPerSecond("[1-9]\\d*")}$`),
    );
    await expect(value(panel, camera, "codec")).toHaveText("VP8");
  }
  await expect(value(panel, "received-camera", "decode-time")).toHaveText(/^[\d.,]+ ms$/);
  await expect(value(panel, "sent-camera", "encode-time")).toHaveText(/^[\d.,]+ ms$/);
  await expect(value(panel, "received-microphone", "codec")).toHaveText(/^opus$/i);
  await expect(value(panel, "received-microphone", "concealed")).toHaveText(/^[\d.]+ %$/);

  // They follow the call: with the camera off its section disappears.
  await juno.press(en.dock.cameraOff);
  await expect(panel.locator('[data-section="received-camera"]')).toHaveCount(0);

  await minji.page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(row.getByTestId("quality-mark")).toBeFocused();
});

test("the quality of a link is shown in the list, and on the tile only while it is not good", async ({
  enter,
}) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await minji.expectConnectedTo(juno);
  const id = await minji.idOf(juno);

  // For every quality that this machine has: the tile shows it exactly when it is not good, the list always.
  const level = () =>
    minji.page.evaluate((id) => {
      const { participants } = globalThis.__maruCall.getState();
      return participants.find((participant) => participant.id === id)?.quality.level;
    }, id);
  await expect.poll(level).toMatch(/^(good|fair|poor)$/);
  await minji.openPeople();
  await expect
    .poll(async () => {
      const said = await level();
      const marked = (await minji.tile(juno).getByTestId("quality-mark").count()) > 0;
      const listed = await minji.page
        .locator(`[data-testid="people-item"][data-participant="${id}"] [data-testid="quality-mark"]`)
        .getAttribute("data-level");
      return { marked: marked === (said === "fair" || said === "poor"), listed: listed === said };
    })
    .toEqual({ marked: true, listed: true });
});
