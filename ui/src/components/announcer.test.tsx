// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Announcer, useAnnouncer } from "./announcer";

afterEach(cleanup);

let announce: (text: string) => void = () => undefined;

function Page() {
  const [announcements, add] = useAnnouncer();
  announce = add;
  return <Announcer announcements={announcements} />;
}

it("keeps the last announcements in one live region that is there from the start", () => {
  render(<Page />);
  const region = screen.getByRole("log");
  const texts = () => [...region.children].map(({ textContent }) => textContent);
  expect(texts()).toEqual([]);
  act(() => announce("Ann joined"));
  act(() => announce("Ann joined"));
  // A repeated text is another element, or it would not be read again.
  expect(texts()).toEqual(["Ann joined", "Ann joined"]);
  for (const text of ["1", "2", "3", "4"]) act(() => announce(text));
  expect(texts()).toEqual(["1", "2", "3", "4"]);
});
