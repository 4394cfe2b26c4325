// @vitest-environment jsdom
import { afterEach, expect, it, vi } from "vitest";
import { copyText } from "./clipboard";

afterEach(() => {
  document.body.innerHTML = "";
  Reflect.deleteProperty(document, "execCommand");
});

/** Stubs `document.execCommand`, for pages without `navigator.clipboard` (no secure context). jsdom has neither. */
function execCommand(works: boolean) {
  const copied: { text: string; inDialog: boolean }[] = [];
  document.execCommand = vi.fn(() => {
    const area = document.querySelector("textarea");
    if (works && area)
      copied.push({
        text: area.value.slice(area.selectionStart, area.selectionEnd),
        inDialog: area.closest("dialog") !== null,
      });
    return works;
  });
  return copied;
}

it("copies without the clipboard API, and leaves the focus where it was", async () => {
  const copied = execCommand(true);
  document.body.innerHTML = "<button>Copy</button>";
  document.querySelector("button")?.focus();
  await copyText("https://maru.example.org/r/우리집");
  expect(copied).toEqual([{ text: "https://maru.example.org/r/우리집", inDialog: false }]);
  expect(document.activeElement?.textContent).toBe("Copy");
  expect(document.querySelector("textarea")).toBeNull();
});

it("copies from within an open dialog, outside of which everything is inert", async () => {
  const copied = execCommand(true);
  document.body.innerHTML = "<dialog open><button>Copy</button></dialog>";
  document.querySelector("button")?.focus();
  await copyText("detail");
  expect(copied).toEqual([{ text: "detail", inDialog: true }]);
});

it("rejects if the browser allows neither way", async () => {
  execCommand(false);
  await expect(copyText("x")).rejects.toThrow();
  expect(document.querySelector("textarea")).toBeNull();
});
