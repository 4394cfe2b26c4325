// @vitest-environment jsdom
import { act, fireEvent, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { button, panel, showPanel, transfer } from "../../../tests/files-panel";

describe("the list of files", () => {
  const many = transfer({ files: 100_000, bytes: 1e9 });

  it("has a few rows in the document, and asks for one page of them", async () => {
    const { files } = showPanel([many]);
    const toggle = button("List of files: 바다.jpg");
    expect(toggle.getAttribute("aria-expanded")).toBe("false");
    await act(async () => fireEvent.click(toggle));
    expect(toggle.getAttribute("aria-expanded")).toBe("true");
    const rows = within(panel().getByRole("list", { name: "List of files" })).getAllByRole("listitem");
    expect(rows.length).toBeLessThan(30);
    expect(rows[3]?.getAttribute("aria-setsize")).toBe("100000");
    expect(rows[3]?.getAttribute("aria-posinset")).toBe("4");
    expect(rows[3]?.textContent).toContain("3.jpg");
    const pages = files.requests.filter(([name]) => name === "entries").map(([, , first]) => first);
    expect(new Set(pages)).toEqual(new Set([0]));
  });

  it("can be scrolled with the keyboard", async () => {
    showPanel([many]);
    await act(async () => fireEvent.click(button("List of files: 바다.jpg")));
    expect(panel().getByRole("region", { name: "List of files" }).tabIndex).toBe(0);
  });

  it("says of a file that the drive cannot store it", async () => {
    showPanel([transfer({ files: 2, state: "done", filesFailed: 1 })], {
      entry: (entry) => ({
        entry,
        path: `${entry}.iso`,
        folder: false,
        size: 5e9,
        state: "failed",
        code: "too-large",
        transferred: 0,
      }),
    });
    await act(async () => fireEvent.click(button("List of files: 바다.jpg")));
    panel().getAllByText("Larger than this drive can store");
  });

  it("shows the failed ones first, with the reason", async () => {
    showPanel([transfer({ files: 500, state: "done", filesFailed: 1 })], {
      entry: (entry) => ({
        entry,
        path: `sub/${entry}.jpg`,
        folder: false,
        size: 1,
        state: entry === 321 ? "failed" : "done",
        code: entry === 321 ? "changed" : null,
        transferred: 1,
      }),
    });
    await act(async () => fireEvent.click(button("List of files: 바다.jpg")));
    const rows = () =>
      panel()
        .getAllByRole("listitem")
        .filter((row) => row.ariaSetSize ?? row.getAttribute("aria-setsize"));
    expect(rows().map(({ textContent }) => textContent)).toEqual([
      "321.jpgAnn changed it while it was being sent",
    ]);
    await act(async () => fireEvent.click(panel().getByRole("radio", { name: "All (500)" })));
    expect(rows()[0]?.textContent).toContain("0.jpg");
  });
});
