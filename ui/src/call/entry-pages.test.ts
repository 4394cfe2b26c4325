import { describe, expect, it, vi } from "vitest";
import { settled } from "../../tests/settled";
import type { TransferEntry } from "../host/files";
import { EntryPages, findFailed, MAX_FAILED, MAX_PAGES, PAGE_SIZE } from "./entry-pages";

const entry = (number: number, state: TransferEntry["state"] = "done"): TransferEntry => ({
  entry: number,
  path: `${number}`,
  folder: false,
  size: 1,
  state,
  code: null,
  transferred: 0,
});
const range = (first: number, count: number, of: (number: number) => TransferEntry = entry) =>
  Array.from({ length: count }, (_, index) => of(first + index));

describe("EntryPages", () => {
  it("loads the pages of what is shown, once, and within the host's limit", async () => {
    const load = vi.fn(async (first: number, count: number) => range(first, count));
    const changed = vi.fn();
    const pages = new EntryPages(250, load, changed);
    pages.show(90, 110);
    pages.show(95, 115);
    expect(pages.get(100)).toBeUndefined();
    await settled();
    expect(load.mock.calls).toEqual([
      [0, PAGE_SIZE],
      [PAGE_SIZE, PAGE_SIZE],
    ]);
    expect(PAGE_SIZE).toBeLessThanOrEqual(200);
    expect(pages.get(100)?.path).toBe("100");
    pages.show(90, 110);
    pages.show(249, 250);
    await settled();
    expect(load.mock.calls.slice(2)).toEqual([[200, 50]]);
  });

  it("asks again for what is shown when told to", async () => {
    const load = vi.fn(async (first: number, count: number) => range(first, count));
    const pages = new EntryPages(10, load, () => undefined);
    pages.show(0, 10);
    await settled();
    pages.show(0, 10, true);
    await settled();
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("keeps a bounded number of pages, those used last", async () => {
    const load = async (first: number, count: number) => range(first, count);
    const pages = new EntryPages(1_000_000, load, () => undefined);
    for (let page = 0; page < MAX_PAGES + 5; page += 1) {
      pages.show(page * PAGE_SIZE, page * PAGE_SIZE + 1);
      pages.show(0, 1);
      await settled();
    }
    const kept = Array.from({ length: MAX_PAGES + 5 }, (_, page) => page).filter((page) =>
      pages.get(page * PAGE_SIZE),
    );
    expect(kept).toHaveLength(MAX_PAGES);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(MAX_PAGES + 4);
  });

  it("survives a request that fails, and asks again", async () => {
    const load = vi.fn(async (first: number, count: number) => range(first, count));
    load.mockRejectedValueOnce(new Error("gone"));
    const pages = new EntryPages(5, load, () => undefined);
    pages.show(0, 5);
    await settled();
    expect(pages.get(0)).toBeUndefined();
    pages.show(0, 5);
    await settled();
    expect(pages.get(0)?.path).toBe("0");
  });
});

it("says that the host has no entries, and asks again", async () => {
  const load = vi.fn(async (first: number, count: number) => range(first, count));
  load.mockResolvedValueOnce([]);
  const changed = vi.fn();
  const pages = new EntryPages(5, load, changed);
  expect(pages.unavailable).toBe(false);
  pages.show(0, 5);
  await settled();
  expect(pages.unavailable).toBe(true);
  expect(changed).toHaveBeenCalledTimes(1);
  pages.show(0, 5);
  await settled();
  expect(pages.unavailable).toBe(false);
  expect(pages.get(0)?.path).toBe("0");
});

describe("findFailed", () => {
  const failing = (...numbers: number[]) =>
    vi.fn(async (first: number, count: number) =>
      range(first, count, (number) => entry(number, numbers.includes(number) ? "failed" : "done")),
    );

  it("finds them, tells of each, and stops at the last", async () => {
    const load = failing(3, 240);
    const found = vi.fn();
    expect(await findFailed(100_000, 2, load, found, new AbortController().signal)).toBe(true);
    expect(found.mock.calls.map(([failed]) => failed.map(({ path }: TransferEntry) => path))).toEqual([
      ["3"],
      ["3", "240"],
    ]);
    expect(load).toHaveBeenCalledTimes(3);
  });

  it("lists a bounded number", async () => {
    const all = vi.fn(async (first: number, count: number) =>
      range(first, count, (number) => entry(number, "failed")),
    );
    let failed: readonly TransferEntry[] = [];
    await findFailed(
      100_000,
      100_000,
      all,
      (found) => {
        failed = found;
      },
      new AbortController().signal,
    );
    expect(failed).toHaveLength(MAX_FAILED);
    expect(all.mock.calls.length).toBeLessThanOrEqual(MAX_FAILED / PAGE_SIZE);
  });

  it("stops when it is aborted, and when the host has no more", async () => {
    const abort = new AbortController();
    const load = failing();
    const search = findFailed(100_000, 1, load, () => undefined, abort.signal);
    abort.abort();
    await search;
    expect(load).toHaveBeenCalledTimes(1);
    const none = vi.fn(async () => []);
    const listed = await findFailed(100_000, 1, none, () => undefined, new AbortController().signal);
    expect(listed).toBe(false);
    expect(none).toHaveBeenCalledTimes(1);
  });
});
