// @vitest-environment jsdom
import { act, fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import "./render";
import { App } from "../src/app";
import type { CallState } from "../src/call/types";
import { fakeCall, fakeHost, IDLE } from "../src/gallery/fakes";

it("focuses the heading of each screen, but nothing when it is loaded", async () => {
  const call = fakeCall(IDLE);
  render(<App maru={{ call, host: fakeHost("browser", { language: "en" }), transfers: null }} />);
  expect(document.activeElement).toBe(document.body);
  const enter = (patch: Partial<CallState>) => {
    act(() => call.set(patch));
    return (document.activeElement as HTMLElement).textContent;
  };
  expect(enter({ phase: "joining", room: "daily" })).toBe("Joining daily");
  expect(screen.getByRole("main").hasAttribute("aria-busy")).toBe(false);
  // The screen of the call is loaded meanwhile.
  expect(enter({ phase: "joined" })).toBe("Joining daily");
  await vi.waitFor(() => expect((document.activeElement as HTMLElement).textContent).toBe("daily"), 30_000);
  expect(enter({ phase: "idle", room: null })).toContain("A room ID is all");
});

it("stays when a file is dropped on it", () => {
  render(<App maru={{ call: fakeCall(IDLE), host: fakeHost("browser"), transfers: null }} />);
  // An event that is not prevented makes the browser open the file in the place of the page.
  expect(fireEvent.drop(document.body, { dataTransfer: { types: ["Files"] } })).toBe(false);
});
