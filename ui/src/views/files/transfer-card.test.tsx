// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { button, KEY, panel, showPanel, transfer } from "../../../tests/files-panel";
import { remoteParticipant } from "../../gallery/fakes";

describe("a transfer under way", () => {
  const running = transfer({
    bytes: 18_400_000_000,
    transferred: 11_450_000_000,
    rate: 96_300_000,
    secondsLeft: 74,
  });

  it("shows progress, speed and time, also to screen readers", () => {
    showPanel([running]);
    const progress = panel().getByRole("progressbar", { name: "바다.jpg" });
    expect(progress.getAttribute("aria-valuenow")).toBe("62");
    expect(progress.getAttribute("aria-valuetext")).toBe("62 %, 11.4 of 18.4 GB");
    for (const text of ["11.4 of 18.4 GB", "62 %", "96 MB/s", "1 min 15 sec left", "Ann → you"])
      panel().getByText(text);
  });

  it("is paused, and resumed, by buttons that name it", () => {
    const { files, requests } = showPanel([running]);
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
    const { requests } = showPanel([stopped("disk-full", true)]);
    panel().getByText("Your disk is full");
    fireEvent.click(button("Resume: 바다.jpg"));
    expect(requests()).toEqual([["resume", KEY]]);
  });

  it("paused by a problem there offers nothing to resume", () => {
    const { requests } = showPanel([stopped("missing", false)]);
    panel().getByText("Ann's files or their drive are gone");
    expect(panel().queryByRole("button", { name: "Resume: 바다.jpg" })).toBeNull();
    fireEvent.click(button("Pause: 바다.jpg"));
    expect(requests()).toEqual([["pause", KEY]]);
  });

  it("is cancelled after a question, if much has arrived", () => {
    const { requests } = showPanel([running]);
    fireEvent.click(button("Cancel: 바다.jpg"));
    expect(panel().getByRole("alert").textContent).toContain("11.4 of 18.4 GB have been transferred");
    fireEvent.click(button("Continue"));
    expect(panel().queryByRole("alert")).toBeNull();
    expect(requests()).toEqual([]);
    fireEvent.click(button("Cancel: 바다.jpg"));
    fireEvent.click(button("Cancel transfer"));
    expect(requests()).toEqual([["cancel", KEY]]);
  });

  it("is cancelled at once, if little has arrived", () => {
    const { requests } = showPanel([{ ...running, transferred: 99_999_999 }]);
    fireEvent.click(button("Cancel: 바다.jpg"));
    expect(requests()).toEqual([["cancel", KEY]]);
  });

  it("says what was left out, by name where that is known", () => {
    showPanel([{ ...running, direction: "send", skipped: 2 }]);
    panel().getByText(/2 items left out: links/);
    cleanup();
    const skippedNames = [{ name: "사진/연결\u202egpj.exe", reason: "link" } as const];
    showPanel([{ ...running, direction: "send", skipped: 2, skippedNames }]);
    panel().getByText("2 items left out");
    panel().getByText("사진/연결gpj.exe · a link");
    panel().getByText("and 1 more");
  });

  it("says that it goes through a relay", () => {
    showPanel([{ ...running, relayed: true }]);
    panel().getByText("Through a relay server");
  });
});

it("that cannot begin because both sides hide their addresses says what helps", () => {
  const participants = [
    remoteParticipant("a", "Ann", { link: "connecting", problems: ["hidden-addresses"] }),
    remoteParticipant("b", "Ben"),
  ];
  const waiting = transfer({ state: "waiting" });
  const ofBen = transfer({ id: "b".repeat(32), participant: "b", partner: "Ben", state: "waiting" });
  const { call } = showPanel([waiting, ofBen], { state: { participants } });
  panel().getByText(/Turn on your microphone for a moment, or ask Ann to/);
  expect(panel().getAllByText("It goes on by itself.")).toHaveLength(1);
  act(() => call.set({ participants: [remoteParticipant("a", "Ann")] }));
  expect(panel().queryByText(/Turn on your microphone/)).toBeNull();
});

describe("a finished transfer", () => {
  const hash = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

  it("is shown in its folder, its hash copied, and removed", async () => {
    const { requests, host } = showPanel([transfer({ state: "done", hash, canOpen: true })]);
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
      const { host } = showPanel([transfer({ direction, state: "done", hash })]);
      panel().getByText(label);
      await act(async () => fireEvent.click(button("Copy hash")));
      expect(host.copied).toEqual([hash]);
      cleanup();
    }
  });

  it("with failed files offers the sender to try those again", () => {
    const sent = transfer({ direction: "send", files: 10, state: "done", filesFailed: 3, canRetry: true });
    const { requests } = showPanel([sent]);
    panel().getByText("Finished without 3 files");
    panel().getByText("Try those again. The others are in place.");
    fireEvent.click(button("Try 3 files again"));
    expect(requests()).toEqual([["retry", { ...KEY, direction: "send" }]]);
  });

  it("with failed files offers no other try once that is used, or without the partner", () => {
    showPanel([transfer({ direction: "send", files: 10, state: "done", filesFailed: 3 })]);
    panel().getByText("The others are in place.");
    expect(panel().queryByRole("button", { name: "Try 3 files again" })).toBeNull();
  });

  it("says what to do if it cannot be shown", async () => {
    const { files } = showPanel([transfer({ state: "done", canOpen: true })]);
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
    showPanel([transfer({ files: 10, state: "done", filesFailed: 3 })]);
    panel().getByText("Ask Ann to try those again. The others are in place.");
    expect(panel().queryByRole("button", { name: "Try 3 files again" })).toBeNull();
  });

  it("says how many files were already there", () => {
    showPanel([transfer({ files: 10, state: "done", filesPresent: 2 })]);
    panel().getByText("2 files were already there.");
  });

  it("says that it cannot be listed, if the host has no entries", async () => {
    const { files } = showPanel([transfer({ files: 10, state: "done", filesFailed: 3 })]);
    files.entries = async () => [];
    const unavailable = "The list of these files is not kept any more.";
    await act(async () => fireEvent.click(button("List of files: 바다.jpg")));
    panel().getByText(unavailable);
    await act(async () => fireEvent.click(panel().getByRole("radio", { name: "All (10)" })));
    panel().getByText(unavailable);
  });

  it("is announced when it ends, not when the page begins with it", () => {
    const { files } = showPanel([transfer({ id: "1", state: "done" }), transfer({ id: "2" })]);
    const announced = () => screen.queryAllByText("바다.jpg: Received and verified");
    expect(announced()).toHaveLength(0);
    act(() => files.emit({ type: "transfer", transfer: transfer({ id: "2", state: "done" }) }));
    expect(announced()).toHaveLength(1);
  });
});
