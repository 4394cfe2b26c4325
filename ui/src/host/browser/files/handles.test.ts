import { describe, expect, it } from "vitest";
import { filesOf, permissionToRead } from "./handles";

const permission = (state: PermissionState) =>
  ({ requestPermission: async () => state }) as unknown as FileSystemHandle;

const file = (name: string, gone = false) => ({
  kind: "file",
  name,
  getFile: () => (gone ? Promise.reject(new DOMException("", "NotFoundError")) : new File(["x"], name)),
});

const folder = (name: string, ...children: object[]) => ({
  kind: "directory",
  name,
  async *values() {
    yield* children;
  },
});

const asHandles = (handles: object[]) => handles as unknown as FileSystemHandle[];

describe("handles of what was selected", () => {
  it("may be read if that is permitted for all of them", async () => {
    expect(await permissionToRead([permission("granted"), permission("granted")])).toBe("granted");
    expect(await permissionToRead([permission("granted"), permission("prompt")])).toBe("prompt");
    expect(await permissionToRead([permission("denied"), permission("granted")])).toBe("denied");
  });

  it("have the files with the paths of a selection, folders before what is in them", async () => {
    const tree = folder("여행", file("a"), folder("빈 폴더"), folder("사진", file("b")));
    const files = await filesOf(asHandles([file("z"), tree]));
    expect(files.map(({ path, file }) => [path, file?.name])).toEqual([
      ["z", "z"],
      ["여행", undefined],
      ["여행/a", "a"],
      ["여행/빈 폴더", undefined],
      ["여행/사진", undefined],
      ["여행/사진/b", "b"],
    ]);
  });

  it("fail with a file that is gone", async () => {
    await expect(filesOf(asHandles([folder("a", file("b", true))]))).rejects.toMatchObject({
      name: "NotFoundError",
    });
  });
});
