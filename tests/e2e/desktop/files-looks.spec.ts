import { mkdir, writeFile } from "node:fs/promises";
import { writeRandom } from "./file-tree";
import { LARGE, test } from "./files-test";

for (const language of ["en", "ko"] as const) {
  test(`pictures ${language}`, async ({ arrive }) => {
    const minji = await arrive(language === "ko" ? "민지" : "Minji", language);
    const juno = await arrive(language === "ko" ? "준호" : "Juno", language);
    const both = async (name: string) => {
      for (const [width, height] of [
        [1280, 800],
        [400, 800],
      ] as const) {
        for (const [role, person] of [
          ["sender", minji],
          ["receiver", juno],
        ] as const) {
          await person.resize(width, height);
          await new Promise((resolve) => setTimeout(resolve, 700));
          await person.app.picture(`look-${language}-${width}-${name}-${role}`);
        }
      }
    };
    await writeRandom(minji.path("여름 휴가 사진.zip"), LARGE);
    await mkdir(minji.path("여행/하나"), { recursive: true });
    for (const n of ["a.txt", "하나/b.txt", "run.sh"]) await writeFile(minji.path("여행", n), "hello");
    await both("empty");
    await minji.resize(1280, 800);
    await juno.resize(1280, 800);
    await minji.drop(juno, minji.path("여름 휴가 사진.zip"));
    await juno.expectOffer();
    console.log(
      await juno.window.evaluate(`const e = document.scrollingElement; return [innerHeight, e.scrollHeight, e.clientHeight, innerWidth, e.scrollWidth, e.clientWidth, getComputedStyle(e).overflow, document.body.scrollHeight, getComputedStyle(document.body).overflow,
      ...[...document.querySelectorAll("*")].filter((e) => e.scrollHeight > e.clientHeight && /auto|scroll/.test(getComputedStyle(e).overflowY)).map((e) => e.className + " " + e.scrollHeight + " " + e.clientHeight)]`),
    );
    await both("offer");
    await minji.resize(1280, 800);
    await juno.accept();
    await minji.reach(10, "pause");
    await minji.expectTransfer("paused");
    await both("paused");
    await minji.resize(1280, 800);
    await juno.resize(1280, 800);
    await juno.openFiles();
    await minji.press("resume");
    await minji.reach(30);
    await minji.app.picture(`look-${language}-1280-active-sender`);
    await juno.app.picture(`look-${language}-1280-active-receiver`);
    await minji.expectTransfer("done");
    await juno.expectTransfer("done");
    await both("done");
    await minji.resize(1280, 800);
    await minji.drop(juno, minji.path("여행"));
    await juno.expectOffer();
    await both("folder-offer");
  });
}
