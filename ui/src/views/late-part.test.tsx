// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { ErrorBoundary } from "../components/error-boundary";
import { latePart } from "./late-part";

afterEach(cleanup);

type Loader = Parameters<typeof latePart<{ name: string }>>[0];
const Part = ({ name }: { name: string }) => <p>{`part ${name}`}</p>;
const failing = () => vi.fn<Loader>(async () => Part).mockRejectedValueOnce(new TypeError("Failed to fetch"));

function show({ usePart }: ReturnType<typeof latePart<{ name: string }>>) {
  function Screen() {
    const Loaded = usePart(true);
    return Loaded ? <Loaded name="one" /> : <p>loading</p>;
  }
  render(
    <ErrorBoundary
      fallback={(error, again) => (
        <button type="button" onClick={again}>
          {error.name}
        </button>
      )}
    >
      <Screen />
    </ErrorBoundary>,
  );
}

it("is shown at once if it was loaded before", async () => {
  const load = vi.fn<Loader>(async () => Part);
  const part = latePart(load);
  part.preload();
  await vi.waitFor(() => expect(load.mock.settledResults[0]?.type).toBe("fulfilled"));
  await Promise.resolve();
  show(part);
  screen.getByText("part one");
  expect(load).toHaveBeenCalledTimes(1);
});

it("is loaded when it is needed first", async () => {
  show(latePart(async () => Part));
  screen.getByText("loading");
  await screen.findByText("part one", {}, { timeout: 30_000 });
});

it("can be tried again after it failed to load", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const load = failing();
  show(latePart(load));
  fireEvent.click(await screen.findByRole("button", { name: "NotLoaded" }, { timeout: 30_000 }));
  await screen.findByText("part one", {}, { timeout: 30_000 });
  expect(load).toHaveBeenCalledTimes(2);
});

it("is loaded when it is needed, if loading it before failed", async () => {
  const load = failing();
  const part = latePart(load);
  part.preload();
  await vi.waitFor(() => expect(load.mock.settledResults[0]?.type).toBe("rejected"));
  await new Promise((resolve) => setTimeout(resolve));
  show(part);
  await screen.findByText("part one", {}, { timeout: 30_000 });
});
