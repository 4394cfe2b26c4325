// @vitest-environment jsdom
import { act, fireEvent, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { button, panel, press, showPanel } from "../../../tests/files-panel";
import { JOINED } from "../../../tests/joined";
import { remoteParticipant } from "../../gallery/fakes";

describe("sending", () => {
  const choose = (value: string) =>
    fireEvent.change(panel().getByRole("combobox", { name: "Send to" }), { target: { value } });

  it("goes to everyone who can receive, or to one", async () => {
    const old = remoteParticipant("o", "Old", { files: false });
    const { requests } = showPanel([], { state: { participants: [...JOINED.participants, old] } });
    panel().getByText("Old cannot receive files yet.");
    await act(async () => fireEvent.click(button("Send files…")));
    choose("key-b");
    await act(async () => fireEvent.click(button("Send a folder…")));
    expect(requests()).toEqual([
      ["pick", "files", ["a", "b"]],
      ["pick", "folder", ["b"]],
    ]);
  });

  it("to somebody who left goes to nobody else without being seen", async () => {
    const { call } = showPanel();
    choose("key-b");
    act(() => call.set({ participants: JOINED.participants.slice(0, 1) }));
    expect(panel().getByRole("combobox", { name: "Send to" })).toHaveProperty("value", "key-a");
  });

  it("has no button for folders where the host has none", () => {
    showPanel([], { canSendFolders: false });
    expect(panel().queryByRole("button", { name: "Send a folder…" })).toBeNull();
  });

  it("explains that nobody can receive files", () => {
    showPanel([], { state: { participants: [remoteParticipant("o", "Old", { files: false })] } });
    panel().getByText("Nobody here can receive files");
    expect(panel().queryByRole("button", { name: "Send files…" })).toBeNull();
  });

  it("starts at a person of the list, with the button focused", async () => {
    const { requests } = showPanel();
    press("KeyP");
    fireEvent.click(screen.getAllByRole("button", { name: "Send files to Ben" }).at(-1) as HTMLElement);
    const send = button("Send files…");
    expect(document.activeElement).toBe(send);
    await act(async () => fireEvent.click(send));
    expect(requests()).toEqual([["pick", "files", ["b"]]]);
  });

  it("that the host cannot begin says so", async () => {
    const { files } = showPanel();
    files.fail("no portal");
    await act(async () => fireEvent.click(button("Send files…")));
    panel().getByText("The files could not be offered");
    panel().getByText("no portal");
  });
});
