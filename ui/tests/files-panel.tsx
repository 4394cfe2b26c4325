/** A call with the files panel open, on a fake host. */
import { fireEvent, screen, within } from "@testing-library/react";
import type { CallState } from "../src/call/types";
import { type FakeFilesOptions, fakeFiles, fakeTransfer } from "../src/gallery/fake-files";
import { fakeHost } from "../src/gallery/fakes";
import type { Transfer } from "../src/host/files";
import { CallView } from "../src/views/call/call-view";
import { JOINED } from "./joined";
import { renderView } from "./render";

/** Of {@link transfer}. */
export const KEY = { id: fakeTransfer().id, direction: "receive" } as const;

/** A photo from Ann, under way. */
export const transfer = (patch: Partial<Transfer> = {}) =>
  fakeTransfer({ participant: "a", partner: "Ann", ...patch });

export function showPanel(
  transfers: Transfer[] = [],
  options: FakeFilesOptions & { state?: Partial<CallState> } = {},
) {
  const files = fakeFiles({ transfers, ...options });
  const host = fakeHost("desktop", { language: "en" }, null, files);
  const { call } = renderView(
    <CallView sheet={null} onSheet={() => undefined} initial={{ panel: "files" }} />,
    { ...JOINED, ...options.state },
    { host, announced: true },
  );
  const requests = () => files.requests.filter(([name]) => name !== "setCallActive");
  return { files, host, call, requests };
}

export const panel = () => within(screen.getByRole("complementary", { name: "Files" }));
export const button = (name: string | RegExp) => panel().getByRole("button", { name });
export const press = (code: string) => fireEvent.keyDown(document.activeElement ?? document.body, { code });
