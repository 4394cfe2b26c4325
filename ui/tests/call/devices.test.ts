import { describe, expect, it, vi } from "vitest";
import type { LocalTrack } from "../../src/engine/types";
import { denied, FakeTrack } from "../fake-engine";
import { settled } from "../settled";
import { Person, people, room, server } from "./people";

function fake(track: LocalTrack | null | undefined): FakeTrack {
  if (!(track instanceof FakeTrack)) throw new Error("no track is open");
  return track;
}

describe("devices", () => {
  it("have their processing set at the start and at each change", async () => {
    const [a] = await room("A");
    const all = { echoCancellation: true, noiseSuppression: true, gainControl: true };
    expect(a?.engine.processing).toEqual([all]);
    a?.host.settings.set({ echoCancellation: false });
    a?.host.settings.set({ theme: "dark" });
    expect(a?.engine.processing).toEqual([all, { ...all, echoCancellation: false }]);
  });

  it("stay closed until they are turned on, and are not needed to join", async () => {
    const [a] = await room("A", "B");
    expect(a?.engine.tracks).toEqual([]);
    expect(a?.state.self.state).toEqual({ microphone: false, camera: false, screen: false, hand: false });
  });

  it("opened for the preview are sent to participants, with the media state", async () => {
    const a = new Person("A");
    const b = new Person("B");
    a.call.setMicrophone(true);
    await settled();
    for (const person of people) {
      person.call.join("daily", person.name);
      await server.flush();
    }
    expect(a.link?.sending.get("microphone")).toBe(a.engine.tracks[0]);
    expect(b.state.participants[0]?.state).toMatchObject({ microphone: true, camera: false });
    a.call.setMicrophone(false);
    await settled();
    expect(b.state.participants[0]?.state.microphone).toBe(false);
    expect(a.host.settings.get().microphoneOn).toBe(false);
  });

  it("that open after leaving are closed", async () => {
    const [a] = await room("A", "B");
    let open = () => {};
    if (a) a.engine.gate = new Promise((resolve) => (open = resolve));
    a?.call.setCamera(true);
    a?.call.setScreen(true);
    expect(a?.state.self.camera.status).toBe("opening");
    a?.call.leave();
    open();
    await settled();
    expect(a?.engine.tracks.length).toBeGreaterThan(0);
    expect(a?.engine.live).toEqual([]);
    expect(a?.state.self.camera.status).toBe("off");
  });

  it.each(["Microphone", "Camera", "Screen"] as const)(
    "that are still opening can be cancelled (%s)",
    async (device) => {
      const [a, b] = await room("A", "B");
      const source = device.toLowerCase() as "microphone" | "camera" | "screen";
      let open = () => {};
      if (a) a.engine.gate = new Promise((resolve) => (open = resolve));
      a?.call[`set${device}`](true);
      expect(a?.state.self[source].status).toBe("opening");
      a?.call[`set${device}`](false);
      expect(a?.state.self[source].status).toBe("off");
      open();
      await settled();
      expect(a?.engine.tracks.length).toBeGreaterThan(0);
      expect(a?.engine.live).toEqual([]);
      expect(a?.link?.sending.size).toBe(0);
      expect(b?.state.participants[0]?.state[source]).toBe(false);
    },
  );

  it("that did not open are not selected", async () => {
    const [a] = await room("A", "B");
    a?.call.selectDevice("camera", "built-in");
    a?.call.setCamera(true);
    await settled();
    if (a) a.engine.openError = denied;
    a?.call.selectDevice("camera", "usb");
    await settled();
    expect(a?.state.notices[0]?.kind).toEqual({ type: "device", source: "camera", code: "denied" });
    expect(a?.state.self.camera.track?.deviceId).toBe("built-in");
    expect(a?.state.self.cameraId).toBe("built-in");
    expect(a?.host.settings.get().cameraId).toBe("built-in");
    // Off and on again opens the device that is shown as selected.
    if (a) a.engine.openError = null;
    a?.call.setCamera(false);
    a?.call.setCamera(true);
    await settled();
    expect(a?.state.self.camera.track?.deviceId).toBe("built-in");
  });

  it("that are denied show an error, and can be tried again", async () => {
    const [a] = await room("A", "B");
    if (a) a.engine.openError = denied;
    a?.call.setCamera(true);
    await settled();
    expect(a?.state.self.camera).toMatchObject({ status: "error", error: { code: "denied" } });
    expect(a?.state.notices[0]?.kind).toEqual({ type: "device", source: "camera", code: "denied" });
    if (a) a.engine.openError = null;
    a?.call.setCamera(true);
    await settled();
    expect(a?.state.notices).toEqual([]);
    expect(a?.state.phase).toBe("joined");
  });

  it("that were denied on the start screen have no notice in the call", async () => {
    const a = new Person("A");
    a.engine.openError = denied;
    a.call.setCamera(true);
    await settled();
    expect(a.state.notices[0]?.kind).toEqual({ type: "device", source: "camera", code: "denied" });
    a.call.join("daily", "A");
    await server.flush();
    expect(a.state.phase).toBe("joined");
    expect(a.state.notices).toEqual([]);
    expect(a.state.self.camera.status).toBe("error");
  });

  it("that are unplugged are replaced, with a notice", async () => {
    const [a] = await room("A", "B");
    a?.call.selectDevice("camera", "usb");
    a?.call.setCamera(true);
    await settled();
    fake(a?.state.self.camera.track).end();
    await settled();
    expect(a?.state.notices[0]?.kind).toEqual({ type: "device-lost", source: "camera", fallback: "default" });
    expect(a?.link?.sending.get("camera")).toBe(a?.state.self.camera.track);
  });

  it("that play audio stay the previous one if another cannot be used", async () => {
    const [a] = await room("A");
    a?.call.selectDevice("speaker", "headset");
    await settled();
    expect(a?.state.self.speakerId).toBe("headset");
    if (a) a.engine.missingSpeaker = "usb";
    a?.call.selectDevice("speaker", "usb");
    await settled();
    expect(a?.engine.speakers).toEqual(["headset", "usb", "headset"]);
    expect(a?.state.self.speakerId).toBe("headset");
    expect(a?.host.settings.get().speakerId).toBe("headset");
    expect(a?.state.notices[0]?.kind).toEqual({ type: "speaker", problem: "failed" });
    a?.call.selectDevice("speaker", null);
    await settled();
    expect(a?.state.notices).toEqual([]);
  });

  it("that the system withholds are shown as off to the others until they are back", async () => {
    const [a, b] = await room("A", "B");
    a?.call.setMicrophone(true);
    a?.call.setCamera(true);
    await settled();
    expect(b?.state.participants[0]?.state).toMatchObject({ microphone: true, camera: true });
    const track = fake(a?.state.self.microphone.track);
    track.setInterrupted(true);
    await settled();
    expect(a?.state.self.microphone.status).toBe("interrupted");
    expect(b?.state.participants[0]?.state).toMatchObject({ microphone: false, camera: true });
    track.setInterrupted(false);
    await settled();
    expect(a?.state.self.microphone.status).toBe("on");
    expect(b?.state.participants[0]?.state.microphone).toBe(true);
  });

  it("are opened again where an open microphone keeps its processing", async () => {
    const [a] = await room("A", "B");
    a?.call.setMicrophone(true);
    await settled();
    const first = fake(a?.state.self.microphone.track);
    a?.host.settings.set({ noiseSuppression: false });
    await settled();
    expect(first.stopped).toBe(false);
    if (a) a.engine.appliesProcessing = false;
    a?.host.settings.set({ echoCancellation: false });
    await settled();
    expect(first.stopped).toBe(true);
    expect(a?.link?.sending.get("microphone")).toBe(a?.state.self.microphone.track);
    expect(a?.engine.live).toHaveLength(1);
  });

  it("follow the system's default microphone where the browser does not", async () => {
    const [a] = await room("A", "B");
    const listing = (standard: string) =>
      ["built-in", "headset"].map((id) => ({
        id,
        kind: "microphone" as const,
        label: id,
        isDefault: id === standard,
      }));
    a?.engine.setAvailable(listing("built-in"));
    a?.call.setMicrophone(true);
    await settled();
    // As Firefox and Safari report the device that was the default when it was opened.
    const first = fake(a?.state.self.microphone.track);
    Object.assign(first, { deviceId: "built-in" });
    a?.engine.setAvailable(listing("headset"));
    await settled();
    expect(first.stopped).toBe(true);
    expect(a?.engine.live).toHaveLength(1);
    // Chromium has an alias for the default, and moves the microphone itself.
    const second = fake(a?.state.self.microphone.track);
    Object.assign(second, { deviceId: "default" });
    a?.engine.setAvailable(listing("built-in"));
    await settled();
    expect(second.stopped).toBe(false);
  });

  it("share a screen with its audio until it is stopped outside of the app", async () => {
    const [a, b] = await room("A", "B");
    a?.call.setScreen(true);
    await settled();
    expect([...(a?.link?.sending.keys() ?? [])]).toEqual(["screen", "screen-audio"]);
    expect(b?.state.participants[0]?.state.screen).toBe(true);
    fake(a?.state.self.screen.track).end();
    await settled();
    expect(a?.engine.live).toEqual([]);
    expect(b?.state.participants[0]?.state.screen).toBe(false);
  });

  it("report speech while muted", async () => {
    const [a] = await room("A");
    a?.call.setMicrophone(true);
    await settled();
    a?.call.setMicrophone(false);
    for (const track of a?.engine.tracks ?? []) track.loudness = 0.8;
    vi.advanceTimersByTime(3_000);
    expect(a?.events.filter(({ type }) => type === "muted-speaking")).toHaveLength(1);
  });
});
