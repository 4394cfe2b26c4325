import { afterEach, describe, expect, it, vi } from "vitest";
import { pickFiles, selectionOf, takeDropped } from "./selection";

afterEach(() => vi.unstubAllGlobals());

const file = (name: string, webkitRelativePath = "") =>
  Object.assign(new File(["x"], name), { webkitRelativePath });

describe("a selection in a dialog", () => {
  it("has the names of the files", () => {
    expect(selectionOf([file("a"), file("b")])?.files.map(({ path }) => path)).toEqual(["a", "b"]);
    expect(selectionOf([])).toBeNull();
  });

  it("has each folder once, before what is in it", () => {
    const selection = selectionOf([file("x", "여행/사진/x"), file("y", "여행/사진/y"), file("z", "여행/z")]);
    expect(selection?.files.map(({ path, file }) => [path, file !== null])).toEqual([
      ["여행", false],
      ["여행/사진", false],
      ["여행/사진/x", true],
      ["여행/사진/y", true],
      ["여행/z", true],
    ]);
  });
});

describe("a selection in the picker of Chromium", () => {
  const handle = (name: string, readable = true) => ({
    name,
    getFile: () => (readable ? Promise.resolve(file(name)) : Promise.reject(new Error("gone"))),
  });

  it("has handles, without what cannot be read", async () => {
    const [a, b] = [handle("a"), handle("b", false)];
    vi.stubGlobal("showOpenFilePicker", async () => [a, b]);
    const selection = await pickFiles("files");
    expect(selection?.files.map(({ path, handle }) => [path, handle])).toEqual([["a", a]]);
    expect(selection?.skipped).toBe(1);
  });

  it("is nothing if the person closes it, and nothing else", async () => {
    vi.stubGlobal("showOpenFilePicker", () => Promise.reject(new DOMException("closed", "AbortError")));
    expect(await pickFiles("files")).toBeNull();
    vi.stubGlobal("showOpenFilePicker", () => Promise.reject(new DOMException("no", "SecurityError")));
    await expect(pickFiles("files")).rejects.toMatchObject({ name: "SecurityError" });
  });
});

/** A folder that returns its entries in batches, as Chromium does. */
function folder(name: string, children: object[], batch = 100): object {
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let at = 0;
      return {
        readEntries: (resolve: (entries: object[]) => void) => {
          resolve(children.slice(at, at + batch));
          at += batch;
        },
      };
    },
  };
}

function fileEntry(name: string, fails = false): object {
  return {
    name,
    isFile: true,
    isDirectory: false,
    file: (resolve: (file: File) => void, reject: (error: Error) => void) =>
      fails ? reject(new Error("gone")) : resolve(new File(["x"], name)),
  };
}

function transfer(entries: object[]): DataTransfer {
  let inHandler = true;
  setTimeout(() => {
    inHandler = false;
  });
  const items = entries.map((entry) => ({
    kind: "file",
    webkitGetAsEntry: () => (inHandler ? entry : null),
    getAsFile: () => (inHandler ? new File(["12345"], (entry as { name: string }).name) : null),
  }));
  return { items: [...items, { kind: "string" }] } as unknown as DataTransfer;
}

describe("what is dropped", () => {
  it("is taken in the handler, with folders that are empty or have many entries", async () => {
    const many = Array.from({ length: 250 }, (_, index) => fileEntry(`${index}`));
    const { items, read } = takeDropped(
      transfer([fileEntry("a"), folder("여행", [folder("빈 폴더", []), ...many])]),
    );
    expect(items).toEqual([
      { name: "a", folder: false, size: 5 },
      { name: "여행", folder: true, size: null },
    ]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { files, skipped } = await read();
    expect(skipped).toBe(0);
    expect(files).toHaveLength(253);
    expect(files.slice(0, 4).map(({ path, file }) => [path, file !== null])).toEqual([
      ["a", true],
      ["여행", false],
      ["여행/빈 폴더", false],
      ["여행/0", true],
    ]);
    expect(files.at(-1)?.path).toBe("여행/249");
  });

  it("has the handles of what was dropped itself, where the browser gives them", async () => {
    const data = transfer([fileEntry("a"), folder("여행", [fileEntry("b")]), fileEntry("c")]);
    const [a, folderHandle] = [{ name: "a" }, { name: "여행" }];
    const given = [a, folderHandle, null];
    for (const [index, handle] of given.entries())
      Object.assign(data.items[index] as object, {
        getAsFileSystemHandle: () =>
          handle ? Promise.resolve(handle) : Promise.reject(new Error("refused")),
      });
    const { files } = await takeDropped(data).read();
    expect(files.map(({ path, handle }) => [path, handle])).toEqual([
      ["a", a],
      ["여행", folderHandle],
      ["여행/b", undefined],
      ["c", undefined],
    ]);
  });

  it("is counted where it cannot be read", async () => {
    const { read } = takeDropped(transfer([folder("a", [fileEntry("b", true), fileEntry("c")])]));
    const { files, skipped } = await read();
    expect(files.map(({ path }) => path)).toEqual(["a", "a/c"]);
    expect(skipped).toBe(1);
  });
});
