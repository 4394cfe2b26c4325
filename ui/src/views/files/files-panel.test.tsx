// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { renderView } from "../../../tests/render";
import type { CallState } from "../../call/types";
import { type FakeFilesOptions, fakeFiles, fakeTransfer } from "../../gallery/fake-files";
import { fakeHost, IDLE, remoteParticipant } from "../../gallery/fakes";
import type { FileDrag, Transfer } from "../../host/files";
import { CallView } from "../call/call-view";

const JOINED: CallState = {
  ...IDLE,
  phase: "joined",
  room: "daily",
  joinedAt: 0,
  participants: [remoteParticipant("a", "Ann"), remoteParticipant("b", "Ben")],
};
const KEY = { id: fakeTransfer().id, direction: "receive" } as const;
const transfer = (patch: Partial<Transfer> = {}) =>
  fakeTransfer({ participant: "a", partner: "Ann", ...patch });

function show(transfers: Transfer[] = [], options: FakeFilesOptions & { state?: Partial<CallState> } = {}) {
  const files = fakeFiles({ transfers, ...options });
  const host = fakeHost("desktop", { language: "en" }, null, files);
  const { call } = renderView(
    <CallView sheet={null} onSheet={() => undefined} initial={{ panel: "files" }} />,
    { ...JOINED, ...options.state },
    { host },
  );
  const requests = (...without: string[]) =>
    files.requests.filter(([name]) => name !== "setCallActive" && !without.includes(name));
  return { files, host, call, requests };
}
const panel = () => within(screen.getByRole("complementary", { name: "Files" }));
const button = (name: string | RegExp) => panel().getByRole("button", { name });
const press = (code: string) => fireEvent.keyDown(document.activeElement ?? document.body, { code });

describe("a transfer under way", () => {
  const running = transfer({
    bytes: 18_400_000_000,
    transferred: 11_450_000_000,
    rate: 96_300_000,
    secondsLeft: 74,
  });

  it("shows progress, speed and time, also to screen readers", () => {
    show([running]);
    const progress = panel().getByRole("progressbar", { name: "바다.jpg" });
    expect(progress.getAttribute("aria-valuenow")).toBe("62");
    expect(progress.getAttribute("aria-valuetext")).toBe("62 %, 11.4 of 18.4 GB");
    for (const text of ["11.4 of 18.4 GB", "62 %", "96 MB/s", "1 min 15 sec left", "Ann → you"])
      panel().getByText(text);
  });

  it("is paused, and resumed, by buttons that name it", () => {
    const { files, requests } = show([running]);
    button("Pause: 바다.jpg").focus();
    fireEvent.click(button("Pause: 바다.jpg"));
    expect(requests()).toEqual([["pause", KEY]]);
    act(() =>
      files.emit({
        type: "transfer",
        transfer: {
          ...running,
          state: "paused",
          paused: { here: true, there: false, problem: null, problemHere: false },
        },
      }),
    );
    panel().getByText("Paused by you");
    expect(panel().queryByText("96 MB/s")).toBeNull();
    // The keyboard focus is still there, for the one who wants it back at once.
    expect(document.activeElement).toBe(button("Resume: 바다.jpg"));
    fireEvent.click(button("Resume: 바다.jpg"));
    expect(requests().at(-1)).toEqual(["resume", KEY]);
  });

  const stopped = (problem: string, problemHere: boolean) =>
    ({ ...running, state: "paused", paused: { here: false, there: false, problem, problemHere } }) as const;

  it("paused by a problem here can be tried again", () => {
    const { requests } = show([stopped("disk-full", true)]);
    panel().getByText("Your disk is full");
    fireEvent.click(button("Resume: 바다.jpg"));
    expect(requests()).toEqual([["resume", KEY]]);
  });

  it("paused by a problem there offers nothing to resume", () => {
    const { requests } = show([stopped("missing", false)]);
    panel().getByText("Ann's files or their drive are gone");
    expect(panel().queryByRole("button", { name: "Resume: 바다.jpg" })).toBeNull();
    fireEvent.click(button("Pause: 바다.jpg"));
    expect(requests()).toEqual([["pause", KEY]]);
  });

  it("is cancelled after a question, if much has arrived", () => {
    const { requests } = show([running]);
    fireEvent.click(button("Cancel: 바다.jpg"));
    expect(panel().getByRole("alert").textContent).toContain("11.4 of 18.4 GB have been transferred");
    fireEvent.click(button("Go on"));
    expect(panel().queryByRole("alert")).toBeNull();
    expect(requests()).toEqual([]);
    fireEvent.click(button("Cancel: 바다.jpg"));
    fireEvent.click(button("Cancel transfer"));
    expect(requests()).toEqual([["cancel", KEY]]);
  });

  it("is cancelled at once, if little has arrived", () => {
    const { requests } = show([{ ...running, transferred: 99_999_999 }]);
    fireEvent.click(button("Cancel: 바다.jpg"));
    expect(requests()).toEqual([["cancel", KEY]]);
  });

  it("says what was left out, by name where that is known", () => {
    show([{ ...running, direction: "send", skipped: 2 }]);
    panel().getByText(/2 items left out: links/);
    cleanup();
    const skippedNames = [{ name: "사진/연결\u202egpj.exe", reason: "link" } as const];
    show([{ ...running, direction: "send", skipped: 2, skippedNames }]);
    panel().getByText("2 items left out");
    panel().getByText("사진/연결gpj.exe · a link");
    panel().getByText("and 1 more");
  });

  it("says that it goes through a relay", () => {
    show([{ ...running, relayed: true }]);
    panel().getByText("Through a relay server");
  });
});

describe("a finished transfer", () => {
  const hash = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

  it("is shown in its folder, its hash copied, and removed", async () => {
    const { requests, host } = show([transfer({ state: "done", hash, canOpen: true })]);
    panel().getByText("Received and verified");
    fireEvent.click(button("Show in folder: 바다.jpg"));
    await act(async () => fireEvent.click(button("Copy hash")));
    expect(host.copied).toEqual([hash]);
    fireEvent.click(button("Remove from the list: 바다.jpg"));
    expect(requests()).toEqual([
      ["reveal", KEY],
      ["forget", KEY],
    ]);
  });

  it("says of which file the hash is, on both sides, and copies it", async () => {
    for (const [direction, label] of [
      ["receive", "BLAKE3 of the received file"],
      ["send", "BLAKE3 of the sent file"],
    ] as const) {
      const { host } = show([transfer({ direction, state: "done", hash })]);
      panel().getByText(label);
      await act(async () => fireEvent.click(button("Copy hash")));
      expect(host.copied).toEqual([hash]);
      cleanup();
    }
  });

  it("with failed files offers the sender to try those again", () => {
    const sent = transfer({ direction: "send", files: 10, state: "done", filesFailed: 3, canRetry: true });
    const { requests } = show([sent]);
    panel().getByText("Finished without 3 files");
    panel().getByText("Try those again. The others are in place.");
    fireEvent.click(button("Try 3 files again"));
    expect(requests()).toEqual([["retry", { ...KEY, direction: "send" }]]);
  });

  it("with failed files offers no other try once that is used, or without the partner", () => {
    show([transfer({ direction: "send", files: 10, state: "done", filesFailed: 3 })]);
    panel().getByText("The others are in place.");
    expect(panel().queryByRole("button", { name: "Try 3 files again" })).toBeNull();
  });

  it("says what to do if it cannot be shown", async () => {
    const { files } = show([transfer({ state: "done", canOpen: true })]);
    const reveal = async (code: string) => {
      files.reveal = () => Promise.reject(Object.assign(new Error(code), { code }));
      await act(async () => fireEvent.click(button("Show in folder: 바다.jpg")));
    };
    await reveal("missing");
    panel().getByText("It is no longer there");
    panel().getByText(/Connect the drive, or look for it by its name/);
    await reveal("not-opened");
    panel().getByText("The folder could not be opened");
  });

  it("with failed files says whom the receiver can ask for them", () => {
    show([transfer({ files: 10, state: "done", filesFailed: 3 })]);
    panel().getByText("Ask Ann to try those again. The others are in place.");
    expect(panel().queryByRole("button", { name: "Try 3 files again" })).toBeNull();
  });

  it("says how many files were already there", () => {
    show([transfer({ files: 10, state: "done", filesPresent: 2 })]);
    panel().getByText("2 files were already there.");
  });

  it("says that it cannot be listed, if the host has no entries", async () => {
    const { files } = show([transfer({ files: 10, state: "done", filesFailed: 3 })]);
    files.entries = async () => [];
    const unavailable = "The list of these files is not kept any more.";
    await act(async () => fireEvent.click(button("List of files: 바다.jpg")));
    panel().getByText(unavailable);
    await act(async () => fireEvent.click(panel().getByRole("radio", { name: "All (10)" })));
    panel().getByText(unavailable);
  });

  it("is announced when it ends, not when the page begins with it", () => {
    const { files } = show([transfer({ id: "1", state: "done" }), transfer({ id: "2" })]);
    const announced = () => screen.queryAllByText("바다.jpg: Received and verified");
    expect(announced()).toHaveLength(0);
    act(() => files.emit({ type: "transfer", transfer: transfer({ id: "2", state: "done" }) }));
    expect(announced()).toHaveLength(1);
  });
});

it("says once that what was offered is accepted, and not again after a pause", () => {
  const sent = transfer({ direction: "send", state: "offered" });
  const { files } = show([sent]);
  const announced = () => screen.queryAllByText("바다.jpg: Ann accepted it");
  const report = (patch: Partial<Transfer>) =>
    act(() => files.emit({ type: "transfer", transfer: { ...sent, ...patch } }));
  expect(announced()).toHaveLength(0);
  report({ state: "active" });
  expect(announced()).toHaveLength(1);
  const paused = { here: true, there: false, problem: null, problemHere: false };
  report({ state: "paused", paused });
  report({ state: "active" });
  report({ state: "paused", paused: { ...paused, here: false, there: true } });
  report({ state: "active" });
  expect(announced()).toHaveLength(1);
});

it("groups by what needs an answer, is under way, and is over", () => {
  show([
    transfer({ id: "1", state: "done" }),
    transfer({ id: "2", state: "offered" }),
    transfer({ id: "3", state: "offered", direction: "send" }),
    transfer({ id: "4", state: "cancelled" }),
  ]);
  const ids = (name: string) =>
    within(panel().getByRole("region", { name }))
      .queryAllByTestId(/^(offer|transfer)$/)
      .map((element) => element.dataset.transfer);
  expect(ids("Do you want these?")).toEqual(["2"]);
  expect(ids("Under way")).toEqual(["3"]);
  expect(ids("Finished")).toEqual(["4", "1"]);
});

it("keeps the focus in the list when the answered offer is gone from it", async () => {
  const offer = (id: string) =>
    transfer({ id, state: "offered", names: [{ name: id, folder: false, size: 1 }] });
  const { files } = show([offer("one"), offer("two")]);
  const decline = panel().getAllByRole("button", { name: "Decline" })[1] as HTMLElement;
  decline.focus();
  fireEvent.click(decline);
  act(() => files.emit({ type: "removed", id: "two", direction: "receive" }));
  expect(document.activeElement).toBe(panel().getByRole("article", { name: /one/ }));
  act(() => files.emit({ type: "removed", id: "one", direction: "receive" }));
  expect(document.activeElement).toBe(panel().getByRole("region", { name: "Files" }));
});

it("leaves the focus alone where it is elsewhere", () => {
  const { files } = show([transfer({ id: "1", state: "offered" })]);
  const leave = screen.getByRole("button", { name: "Leave" });
  leave.focus();
  act(() => files.emit({ type: "removed", id: "1", direction: "receive" }));
  expect(document.activeElement).toBe(leave);
});

describe("the list of files", () => {
  const many = transfer({ files: 100_000, bytes: 1e9 });

  it("has a few rows in the document, and asks for one page of them", async () => {
    const { files } = show([many]);
    const toggle = button("List of files: 바다.jpg");
    expect(toggle.getAttribute("aria-expanded")).toBe("false");
    await act(async () => fireEvent.click(toggle));
    expect(toggle.getAttribute("aria-expanded")).toBe("true");
    const rows = within(panel().getByRole("list", { name: "List of files" })).getAllByRole("listitem");
    expect(rows.length).toBeLessThan(30);
    expect(rows[3]?.getAttribute("aria-setsize")).toBe("100000");
    expect(rows[3]?.getAttribute("aria-posinset")).toBe("4");
    expect(rows[3]?.textContent).toContain("3.jpg");
    const pages = files.requests.filter(([name]) => name === "entries").map(([, , first]) => first);
    expect(new Set(pages)).toEqual(new Set([0]));
  });

  it("can be scrolled with the keyboard", async () => {
    show([many]);
    await act(async () => fireEvent.click(button("List of files: 바다.jpg")));
    expect(panel().getByRole("region", { name: "List of files" }).tabIndex).toBe(0);
  });

  it("says of a file that the drive cannot store it", async () => {
    show([transfer({ files: 2, state: "done", filesFailed: 1 })], {
      entry: (entry) => ({
        entry,
        path: `${entry}.iso`,
        folder: false,
        size: 5e9,
        state: "failed",
        code: "too-large",
        transferred: 0,
      }),
    });
    await act(async () => fireEvent.click(button("List of files: 바다.jpg")));
    panel().getAllByText("Larger than this drive can store");
  });

  it("shows the failed ones first, with the reason", async () => {
    show([transfer({ files: 500, state: "done", filesFailed: 1 })], {
      entry: (entry) => ({
        entry,
        path: `sub/${entry}.jpg`,
        folder: false,
        size: 1,
        state: entry === 321 ? "failed" : "done",
        code: entry === 321 ? "changed" : null,
        transferred: 1,
      }),
    });
    await act(async () => fireEvent.click(button("List of files: 바다.jpg")));
    const rows = () =>
      panel()
        .getAllByRole("listitem")
        .filter((row) => row.ariaSetSize ?? row.getAttribute("aria-setsize"));
    expect(rows().map(({ textContent }) => textContent)).toEqual([
      "321.jpgAnn changed it while it was being sent",
    ]);
    await act(async () => fireEvent.click(panel().getByRole("radio", { name: "All (500)" })));
    expect(rows()[0]?.textContent).toContain("0.jpg");
  });
});

describe("sending", () => {
  const choose = (value: string) =>
    fireEvent.change(panel().getByRole("combobox", { name: "Send to" }), { target: { value } });

  it("goes to everyone who can receive, or to one", async () => {
    const old = remoteParticipant("o", "Old", { files: false });
    const { requests } = show([], { state: { participants: [...JOINED.participants, old] } });
    panel().getByText("Old cannot receive files yet.");
    await act(async () => fireEvent.click(button("Send files…")));
    choose("key-b");
    await act(async () => fireEvent.click(button("Send a folder…")));
    expect(requests()).toEqual([
      ["pick", "files", ["a", "b"]],
      ["pick", "folder", ["b"]],
    ]);
  });

  it("to somebody who left goes to nobody else without being seen", async () => {
    const { call } = show();
    choose("key-b");
    act(() => call.set({ participants: JOINED.participants.slice(0, 1) }));
    expect(panel().getByRole("combobox", { name: "Send to" })).toHaveProperty("value", "key-a");
  });

  it("has no button for folders where the host has none", () => {
    show([], { canSendFolders: false });
    expect(panel().queryByRole("button", { name: "Send a folder…" })).toBeNull();
  });

  it("explains that nobody can receive files", () => {
    show([], { state: { participants: [remoteParticipant("o", "Old", { files: false })] } });
    panel().getByText("Nobody here can receive files");
    expect(panel().queryByRole("button", { name: "Send files…" })).toBeNull();
  });

  it("starts at a person of the list, with the button focused", async () => {
    const { requests } = show();
    press("KeyP");
    fireEvent.click(screen.getAllByRole("button", { name: "Send files to Ben" }).at(-1) as HTMLElement);
    const send = button("Send files…");
    expect(document.activeElement).toBe(send);
    await act(async () => fireEvent.click(send));
    expect(requests()).toEqual([["pick", "files", ["b"]]]);
  });

  it("that the host cannot begin says so", async () => {
    const { files } = show();
    files.fail("no portal");
    await act(async () => fireEvent.click(button("Send files…")));
    panel().getByText("The files could not be offered");
    panel().getByText("no portal");
  });
});

it("accepts small files of one person without a question, once that is chosen", async () => {
  const { files, requests } = show();
  const ann = panel().getByLabelText("From Ann") as HTMLSelectElement;
  expect(ann.value).toBe("");
  fireEvent.change(ann, { target: { value: "10000000" } });
  await act(async () => files.emit({ type: "transfer", transfer: transfer({ id: "1", state: "offered" }) }));
  expect(requests()).toEqual([["acceptByRule", "1"]]);
  expect(panel().queryByRole("article")).toBeNull();
});

describe("files that are dropped", () => {
  const drop: FileDrag = {
    type: "drop",
    x: 1,
    y: 1,
    token: "t1",
    items: [{ name: "a.pdf", folder: false, size: 1 }],
  };

  it("show whom they go to while they are dragged, and are offered by their token", async () => {
    const { files, requests } = show();
    act(() => files.drag({ type: "over", x: 1, y: 1 }));
    expect(screen.getByTestId("drop").textContent).toContain("Send to everyone (2)");
    act(() => files.drag({ type: "leave" }));
    expect(screen.queryByTestId("drop")).toBeNull();
    await act(async () => files.drag(drop));
    expect(requests()).toEqual([["offerDropped", "t1", ["a", "b"]]]);
    screen.getByText("Offering a.pdf");
  });

  it("go to nobody while a dialog is open", async () => {
    const { files, requests } = show();
    const dialog = document.createElement("dialog");
    dialog.setAttribute("open", "");
    document.body.append(dialog);
    act(() => files.drag({ type: "over", x: 1, y: 1 }));
    expect(screen.queryByTestId("drop")).toBeNull();
    await act(async () => files.drag(drop));
    dialog.remove();
    expect(requests()).toEqual([]);
  });

  it("go to nobody if no one can receive them", async () => {
    const { files, requests } = show([], { state: { participants: [] } });
    act(() => files.drag({ type: "over", x: 1, y: 1 }));
    expect(screen.getByTestId("drop").textContent).toContain("Nobody here can receive files");
    await act(async () => files.drag(drop));
    expect(requests()).toEqual([]);
  });
});

describe("a host without file transfers", () => {
  it("has no button, no shortcut and no panel for them", () => {
    renderView(<CallView sheet={null} onSheet={() => undefined} />, JOINED);
    press("KeyF");
    expect(screen.queryByRole("complementary")).toBeNull();
    press("KeyP");
    expect(screen.queryByRole("button", { name: /files/i })).toBeNull();
  });
});

it("is in the menu of a narrow window, whose button shows the offers and the progress", () => {
  const files = fakeFiles({ transfers: [transfer({ id: "1", state: "offered" }), transfer({ id: "2" })] });
  const host = fakeHost("desktop", { language: "en" }, null, files);
  renderView(<CallView sheet={null} onSheet={() => undefined} />, JOINED, { host, narrow: true });
  fireEvent.click(screen.getByRole("button", { name: "More (Files, 1 offer to answer, 0 % transferred)" }));
  fireEvent.click(screen.getByRole("menuitem", { name: /^Files/ }));
  panel().getByRole("region", { name: "Under way" });
});
