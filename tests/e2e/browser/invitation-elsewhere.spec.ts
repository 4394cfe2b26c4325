import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { en } from "../../../ui/src/i18n/en";
import { Person } from "../fixtures/person";
import { SignalingServer } from "../fixtures/server";
import { expect, test } from "../fixtures/test";

test("an invitation of another server leads there, however its link was passed on", async ({
  browser,
  visit,
  server,
  room,
}) => {
  const other = await SignalingServer.start();
  const juno = await Person.open({ browser, origin: other.origin, name: "Juno", room });
  await juno.join();
  const minji = await visit("Minji", { room: null });
  await minji.roomInput.fill(`${other.origin}//r/${room}/?fbclid=1`);
  await expect(minji.screen.getByText(en.start.otherServer(room, new URL(other.origin).host))).toBeVisible();
  await minji.joinButton.click();
  await minji.page.waitForURL(`${other.origin}/r/${room}`);
  await minji.nameInput.fill("Minji");
  await minji.join();
  await juno.expectConnectedTo(minji);
  expect(await server.metric("maru_participants")).toBe(0);
  await juno.close();
  await other.stop();
});

test("room links with slashes and additions open the room", async ({ visit, server, room }) => {
  const minji = await visit("Minji", { room: null });
  for (const path of [`/r/${room}/`, `//r/${room}`, `/r/${room}?fbclid=x`, `/r/${room}/?utm_source=a#b`]) {
    await minji.page.goto(server.origin + path);
    await expect(minji.roomInput).toHaveValue(room);
  }
  await minji.join();
});

test("below a path of another site, the page says what it needs", async ({ page, server }) => {
  const proxy = createServer(async (request, response) => {
    const inside = /^\/maru(\/.*)$/.exec(request.url ?? "")?.[1];
    const answer = inside === undefined ? null : await fetch(server.origin + inside);
    response.writeHead(answer?.status ?? 404, {
      "Content-Type": answer?.headers.get("Content-Type") ?? "text/plain",
    });
    response.end(answer === null ? "" : Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}/maru/r/daily`);
  await expect(page.getByText(/needs a host of its own/)).toBeVisible();
  await page.goto(server.origin);
  await expect(page.getByTestId("start-join")).toBeVisible();
  await expect(page.getByText(/needs a host of its own/)).toHaveCount(0);
  proxy.closeAllConnections();
  proxy.close();
});
