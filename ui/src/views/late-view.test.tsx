// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { ErrorBoundary } from "../components/error-boundary";
import { lateView, NotLoaded } from "./late-view";

afterEach(cleanup);

const Part = ({ name }: { name: string }) => <p>{`part ${name}`}</p>;

const show = (View: typeof Part) =>
  act(
    async () =>
      void render(
        <ErrorBoundary
          fallback={(error, again) => (
            <button
              type="button"
              onClick={() => {
                if (error instanceof NotLoaded) error.forget();
                again();
              }}
            >
              {error.name}
            </button>
          )}
        >
          <Suspense fallback="loading">
            <View name="one" />
          </Suspense>
        </ErrorBoundary>,
      ),
  );

it("is shown at once if it was loaded before", async () => {
  const load = vi.fn(async () => Part);
  const part = lateView(load);
  part.preload();
  await load.mock.results[0]?.value;
  await Promise.resolve();
  await show(part.View);
  screen.getByText("part one");
  expect(load).toHaveBeenCalledTimes(1);
});

it("is loaded when it is shown first", async () => {
  const { View } = lateView(async () => Part);
  await show(View);
  screen.getByText("part one");
});

it("can be tried again after it failed to load", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const load = vi.fn(async () => Part).mockRejectedValueOnce(new TypeError("Failed to fetch"));
  const { View } = lateView(load);
  await show(View);
  await act(async () => void fireEvent.click(screen.getByRole("button", { name: "NotLoaded" })));
  screen.getByText("part one");
  expect(load).toHaveBeenCalledTimes(2);
});

it("is loaded when it is shown, if loading it before failed", async () => {
  const load = vi.fn(async () => Part).mockRejectedValueOnce(new TypeError("Failed to fetch"));
  const part = lateView(load);
  part.preload();
  await vi.waitFor(() => expect(load.mock.settledResults[0]?.type).toBe("rejected"));
  await new Promise((resolve) => setTimeout(resolve));
  await show(part.View);
  screen.getByText("part one");
});
