// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Field } from "./field";

afterEach(cleanup);

it("is blurred before it is removed, so that the input method of WebKitGTK is reset", () => {
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
