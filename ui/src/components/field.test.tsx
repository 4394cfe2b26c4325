// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Field } from "./field";

afterEach(cleanup);

it("lets the focus go before it is removed, which tells the input method of WebKitGTK", () => {
  const { unmount } = render(<Field label="Name" />);
  const field = screen.getByRole("textbox", { name: "Name" });
  field.focus();
  let inDocument: boolean | null = null;
  field.addEventListener("blur", () => {
    inDocument = field.isConnected;
  });
  unmount();
  expect(inDocument).toBe(true);
});
