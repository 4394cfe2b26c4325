// @vitest-environment jsdom
import { fireEvent, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderView } from "../../../tests/render";
import { IDLE } from "../../gallery/fakes";
import { ShortcutsSheet } from "./shortcuts-sheet";

it("switches the keys off and on where they are listed, and says what is left", () => {
  const { host } = renderView(<ShortcutsSheet onClose={() => undefined} />, IDLE);
  const use = screen.getByRole("switch", { name: "Use these keys" });
  fireEvent.click(use);
  expect(host.settings.get().shortcuts).toBe(false);
  screen.getByText("They are switched off. Only Esc works.");
  fireEvent.click(use);
  expect(host.settings.get().shortcuts).toBe(true);
});
