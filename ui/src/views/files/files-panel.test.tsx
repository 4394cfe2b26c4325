// @vitest-environment jsdom
import { act, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { panel, press, showPanel, transfer } from "../../../tests/files-panel";
import { JOINED } from "../../../tests/joined";
import { renderView } from "../../../tests/render";
import { fakeFiles } from "../../gallery/fake-files";
import { fakeHost } from "../../gallery/fakes";
import { CallView } from "../call/call-view";

it("groups by what needs an answer, is under way, and is over", () => {
  showPanel([
    transfer({ id: "1", state: "done" }),
    transfer({ id: "2", state: "offered" }),
    transfer({ id: "3", state: "offered", direction: "send" }),
    transfer({ id: "4", state: "cancelled" }),
  ]);
  const ids = (name: string) =>
    within(panel().getByRole("region", { name }))
      .queryAllByTestId(/^(offer|transfer)$/)
      .map((element) => element.dataset.transfer);
  expect(ids("Do you want these?")).toEqual(["2"]);
  expect(ids("In progress")).toEqual(["3"]);
  expect(ids("Finished")).toEqual(["4", "1"]);
});

it("keeps the focus in the list when the answered offer is gone from it", async () => {
  const offer = (id: string) =>
    transfer({ id, state: "offered", names: [{ name: id, folder: false, size: 1 }] });
  const { files } = showPanel([offer("one"), offer("two")]);
  const decline = panel().getAllByRole("button", { name: "Decline" })[1] as HTMLElement;
  decline.focus();
  fireEvent.click(decline);
  act(() => files.emit({ type: "removed", id: "two", direction: "receive" }));
  expect(document.activeElement).toBe(panel().getByRole("article", { name: /one/ }));
  act(() => files.emit({ type: "removed", id: "one", direction: "receive" }));
  expect(document.activeElement).toBe(panel().getByRole("region", { name: "Files" }));
});

it("leaves the focus alone where it is elsewhere", () => {
  const { files } = showPanel([transfer({ id: "1", state: "offered" })]);
  const leave = screen.getByRole("button", { name: "Leave" });
  leave.focus();
  act(() => files.emit({ type: "removed", id: "1", direction: "receive" }));
  expect(document.activeElement).toBe(leave);
});

describe("a host without file transfers", () => {
  it("has no button, no shortcut and no panel for them", () => {
    renderView(<CallView sheet={null} onSheet={() => undefined} />, JOINED);
    press("KeyF");
    expect(screen.queryByRole("complementary")).toBeNull();
    press("KeyP");
    expect(screen.queryByRole("button", { name: /files/i })).toBeNull();
  });
});

it("is in the menu of a narrow window, whose button shows the offers and the progress", () => {
  const files = fakeFiles({ transfers: [transfer({ id: "1", state: "offered" }), transfer({ id: "2" })] });
  const host = fakeHost("desktop", { language: "en" }, null, files);
  renderView(<CallView sheet={null} onSheet={() => undefined} />, JOINED, { host, narrow: true });
  fireEvent.click(screen.getByRole("button", { name: "More (Files, 1 offer to answer, 0 % transferred)" }));
  fireEvent.click(screen.getByRole("menuitem", { name: /^Files/ }));
  panel().getByRole("region", { name: "In progress" });
});
