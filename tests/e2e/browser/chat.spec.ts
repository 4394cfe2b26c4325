import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

test("chat reaches everyone, unread messages are counted, and links are safe", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  const hana = await enter("Hana");
  await minji.expectConnectedTo(juno, hana);

  await minji.say("시작할까요? https://example.org/agenda?a=1&b=2.");
  for (const person of [juno, hana]) {
    await expect(person.page.getByRole("button", { name: en.dock.chatUnread(1) })).toBeVisible();
    await person.openChat();
    const message = person.chatLog.getByText("시작할까요?");
    await expect(message).toBeVisible();
    await expect(person.page.getByRole("button", { name: en.dock.chatUnread(1) })).toHaveCount(0);
    const link = person.chatLog.getByRole("link");
    await expect(link).toHaveAttribute("href", "https://example.org/agenda?a=1&b=2");
    await expect(link).toHaveAttribute("target", "_blank");
    await expect(link).toHaveAttribute("rel", /noopener/);
    await expect(link).toHaveAttribute("rel", /noreferrer/);
  }
});

test("markup and scripts in a message are shown as text", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await minji.expectConnectedTo(juno);
  await juno.openChat();

  const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
  await minji.say(markup);
  await expect(juno.chatLog.getByText(markup)).toBeVisible();
  await minji.say("javascript:alert(1) data:text/html,x file:///etc/passwd");
  await expect(juno.chatLog.getByText("javascript:alert(1)")).toBeVisible();

  await expect(juno.chatLog.locator("p img, p b")).toHaveCount(0);
  await expect(juno.chatLog.getByRole("link")).toHaveCount(0);
});

test("messages stay in the chat after their sender has left", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await minji.expectConnectedTo(juno);
  await minji.say("one");
  await juno.openChat();
  await expect(juno.chatLog.getByText("one")).toBeVisible();
  await juno.say("two");
  await expect(minji.chatLog.getByText("two")).toBeVisible();

  await minji.leave();
  await juno.expectGone(minji);
  await expect(juno.chatLog.getByText("one")).toBeVisible();
  await expect(juno.chatLog.getByText("two")).toBeVisible();
});
