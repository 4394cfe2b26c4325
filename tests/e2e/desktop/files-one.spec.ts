import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { hashOf, timeAndSize, writeRandom } from "./file-tree";
import { expect, stepOf, test } from "./files-test";
import { NativeDialog } from "./native-dialog";
import { button } from "./webdriver";

test("a dropped file arrives in the folder for downloads or one that is asked for, with the same bytes", async ({
  arrive,
}) => {
  const minji = await arrive("민지", "ko");
  const juno = await arrive("Juno");

  await stepOf([minji, juno], "it arrives in the folder for downloads", async () => {
    const name = "여름 휴가 사진 (최종).zip";
    const hash = await writeRandom(minji.path(name), 5_000_000);

    await minji.drop(juno, minji.path(name));
    await minji.expectTransfer("offered", "Juno 님의 답을 기다리고 있어요");
    expect(await juno.expectOffer()).toContain(name);
    await juno.accept();

    await minji.expectTransfer("done", "Juno 님에게 전달하고 확인까지 마쳤어요");
    await juno.openFiles();
    const { title } = await juno.expectTransfer("done", "Received and verified");
    expect(title).toBe(name);
    for (const person of [minji, juno]) {
      const reveal = button(`${person.texts.files.actions.reveal.folder}: ${name}`);
      await expect.poll(() => person.window.count(reveal), { message: person.name }).toBe(1);
    }
    expect(await juno.received()).toEqual([name]);
    const received = join(juno.downloads, name);
    expect(await hashOf(received)).toBe(hash);
    expect(await timeAndSize(received)).toEqual(await timeAndSize(minji.path(name)));
  });

  await test.step("it arrives where its receiver chose, and a dialog that is cancelled leaves the offer", async () => {
    const hash = await writeRandom(minji.path("a.bin"), 100_000);
    await mkdir(juno.path("Elsewhere"));
    await minji.drop(juno, minji.path("a.bin"));
    await juno.expectOffer();
    const ask = async () => {
      await juno.window.click(button(juno.texts.files.offer.saveElsewhere));
      return NativeDialog.find(juno.app.environment, "Choose where to save");
    };
    await (await ask()).cancel();
    await juno.expectOffer();
    await (await ask()).select(juno.path("Elsewhere"));
    await minji.expectTransfer("done");
    expect(await hashOf(juno.path("Elsewhere/a.bin"))).toBe(hash);
    expect(await juno.received()).toEqual([]);
  });
});
