// @vitest-environment jsdom
import { act, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { showPanel } from "../../../tests/files-panel";
import type { FileDrag } from "../../host/files";

describe("files that are dropped", () => {
  const drop: FileDrag = {
    type: "drop",
    x: 1,
    y: 1,
    token: "t1",
    items: [{ name: "a.pdf", folder: false, size: 1 }],
  };

  it("show whom they go to while they are dragged, and are offered by their token", async () => {
    const { files, requests } = showPanel();
    act(() => files.drag({ type: "over", x: 1, y: 1 }));
    expect(screen.getByTestId("drop").textContent).toContain("Send to everyone (2)");
    act(() => files.drag({ type: "leave" }));
    expect(screen.queryByTestId("drop")).toBeNull();
    await act(async () => files.drag(drop));
    expect(requests()).toEqual([["offerDropped", "t1", ["a", "b"]]]);
    screen.getByText("Offering a.pdf");
  });

  it("go to nobody while a dialog is open", async () => {
    const { files, requests } = showPanel();
    const dialog = document.createElement("dialog");
    dialog.setAttribute("open", "");
    document.body.append(dialog);
    act(() => files.drag({ type: "over", x: 1, y: 1 }));
    expect(screen.queryByTestId("drop")).toBeNull();
    await act(async () => files.drag(drop));
    dialog.remove();
    expect(requests()).toEqual([]);
  });

  it("go to nobody if no one can receive them", async () => {
    const { files, requests } = showPanel([], { state: { participants: [] } });
    act(() => files.drag({ type: "over", x: 1, y: 1 }));
    expect(screen.getByTestId("drop").textContent).toContain("Nobody here can receive files");
    await act(async () => files.drag(drop));
    expect(requests()).toEqual([]);
  });
});
