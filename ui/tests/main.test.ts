// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import "./render";

const original = Object.getOwnPropertyDescriptor(globalThis, "localStorage");

function refuse(): never {
  throw new DOMException("The operation is insecure.", "SecurityError");
}

beforeEach(() => {
  vi.resetModules();
  document.body.innerHTML = '<div id="root"></div>';
});

afterEach(() => {
  if (original) Object.defineProperty(globalThis, "localStorage", original);
  document.body.innerHTML = "";
});

it.each([
  ["throws when looked at", { get: refuse }],
  ["throws at every call", { value: { getItem: refuse, setItem: refuse, removeItem: refuse } }],
])("starts where localStorage %s, with settings for this page", async (_, storage) => {
  Object.defineProperty(globalThis, "localStorage", { configurable: true, ...storage });
  await import("../src/main");
  await waitFor(() => screen.getByRole("button", { name: "Join" }), { timeout: 10_000 });
  fireEvent.change(screen.getByRole("textbox", { name: "Name" }), { target: { value: "민지" } });
  fireEvent.click(screen.getByRole("button", { name: "한국어" }));
  await waitFor(() => screen.getByRole("button", { name: "들어가기" }));
  expect((screen.getByRole("textbox", { name: "이름" }) as HTMLInputElement).value).toBe("민지");
});
