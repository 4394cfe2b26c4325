// @vitest-environment jsdom
import { act, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { showPanel, transfer } from "../../../tests/files-panel";
import type { Transfer } from "../../host/files";

it("says once that what was offered is accepted, and not again after a pause", () => {
  const sent = transfer({ direction: "send", state: "offered" });
  const { files } = showPanel([sent]);
  const announced = () => screen.queryAllByText("바다.jpg: Ann accepted it");
  const report = (patch: Partial<Transfer>) =>
    act(() => files.emit({ type: "transfer", transfer: { ...sent, ...patch } }));
  expect(announced()).toHaveLength(0);
  report({ state: "active" });
  expect(announced()).toHaveLength(1);
  const paused = { here: true, there: false, problem: null, problemHere: false };
  report({ state: "paused", paused });
  report({ state: "active" });
  report({ state: "paused", paused: { ...paused, here: false, there: true } });
  report({ state: "active" });
  expect(announced()).toHaveLength(1);
});
