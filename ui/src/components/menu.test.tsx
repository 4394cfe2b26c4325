// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { Menu, MenuItem } from "./menu";

vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    disconnect() {}
  },
);

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const selected = vi.fn();

function Slot({ checked }: { checked?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <button type="button" aria-haspopup="menu" onClick={() => setOpen(!open)}>
        opener
      </button>
      {open && (
        <Menu label="fruit" onClose={() => setOpen(false)}>
          {["apple", "pear", "plum"].map((name) => (
            <MenuItem
              key={name}
              {...(checked === undefined ? {} : { checked: name === checked })}
              onSelect={() => selected(name)}
            >
              {name}
            </MenuItem>
          ))}
        </Menu>
      )}
    </div>
  );
}

const focused = () => document.activeElement?.textContent;
const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });

function open(checked?: string) {
  render(<Slot {...(checked === undefined ? {} : { checked })} />);
  fireEvent.click(screen.getByRole("button", { name: "opener" }));
}

it("moves the focus with the arrow keys, around both ends", () => {
  open();
  const visited = ["", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowUp", "Home", "ArrowLeft", "Home", "End"];
  const names = visited.map((key) => {
    if (key) press(key);
    return focused();
  });
  expect(names).toEqual(["apple", "pear", "plum", "apple", "plum", "apple", "plum", "apple", "plum"]);
});

it.each([
  ["left", { left: -60, width: 200 }, 68],
  ["right", { left: 250, width: 200 }, -58],
  ["nowhere, between its edges", { left: 100, width: 200 }, 0],
  ["left, wider than its area", { left: 50, width: 500 }, -50],
])("is moved back into its area from the %s", (_, { left, width }, shift) => {
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
    return this.matches('[role="menu"]') ? new DOMRect(left, 0, width, 100) : new DOMRect(0, 0, 400, 800);
  });
  open();
  expect(screen.getByRole("menu").style.getPropertyValue("--menu-shift")).toBe(`${shift}px`);
});

it("begins at the choice that is in force", () => {
  open("pear");
  expect(focused()).toBe("pear");
});

it.each(["Escape", "Tab"])("closes with %s, and returns the focus", (key) => {
  open();
  press(key);
  expect(screen.queryByRole("menu")).toBeNull();
  expect(focused()).toBe("opener");
});

it("closes with a press outside, and the opener toggles it", () => {
  open();
  fireEvent.pointerDown(document.body);
  expect(screen.queryByRole("menu")).toBeNull();
  const opener = screen.getByRole("button", { name: "opener" });
  fireEvent.click(opener);
  fireEvent.pointerDown(opener);
  expect(screen.queryByRole("menu")).not.toBeNull();
  fireEvent.click(opener);
  expect(screen.queryByRole("menu")).toBeNull();
});
