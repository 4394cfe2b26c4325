// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Sheet } from "./sheet";

// jsdom has no modal dialogs.
beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.setAttribute("open", "");
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.removeAttribute("open");
  };
});
afterEach(cleanup);

function open() {
  const onClose = vi.fn();
  render(
    <Sheet title="Settings" closeLabel="Close" onClose={onClose}>
      <p>text to select</p>
    </Sheet>,
  );
  return { onClose, dialog: screen.getByRole("dialog"), text: screen.getByText("text to select") };
}

it("closes with a click on the backdrop, not with one inside", () => {
  const { onClose, dialog, text } = open();
  fireEvent.pointerDown(text);
  fireEvent.click(text);
  expect(onClose).not.toHaveBeenCalled();
  fireEvent.pointerDown(dialog);
  fireEvent.click(dialog);
  expect(onClose).toHaveBeenCalledTimes(1);
});

it("stays open when text is selected up to the backdrop", () => {
  const { onClose, dialog, text } = open();
  fireEvent.pointerDown(text);
  // The click of such a drag goes to the common ancestor (UI Events).
  fireEvent.click(dialog);
  expect(onClose).not.toHaveBeenCalled();
});
