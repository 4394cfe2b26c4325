// @vitest-environment jsdom
import { act, fireEvent } from "@testing-library/react";
import { expect, it } from "vitest";
import { panel, showPanel, transfer } from "../../../tests/files-panel";

it("accepts small files of one person without a question, once that is chosen", async () => {
  const { files, requests } = showPanel();
  const ann = panel().getByLabelText("From Ann") as HTMLSelectElement;
  expect(ann.value).toBe("");
  fireEvent.change(ann, { target: { value: "10000000" } });
  await act(async () => files.emit({ type: "transfer", transfer: transfer({ id: "1", state: "offered" }) }));
  expect(requests()).toEqual([["acceptByRule", "1"]]);
  expect(panel().queryByRole("article")).toBeNull();
});
