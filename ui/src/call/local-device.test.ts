import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeTrack } from "../../tests/fake-engine";
import { settled } from "../../tests/settled";
import { DeviceError, type LocalTrack } from "../engine/types";
import { DeviceSwitch, RESUME_AFTER_MS, RETRY_DELAYS_MS } from "./local-device";
import type { LocalDevice } from "./types";

class Opening {
  done = false;
  resolve!: (track: FakeTrack) => void;
  reject!: (error: Error) => void;
  readonly promise = new Promise<FakeTrack>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
  constructor(readonly deviceId: string | null) {}
}

/** A device switch with the promises and callbacks that it was given. */
class Bench {
  openings: Opening[] = [];
  tracks: FakeTrack[] = [];
  sent: (LocalTrack | null)[] = [];
  failures: DeviceError[] = [];
  losses: (LocalTrack | null)[] = [];
  selected: (string | null)[] = [];
  closesFirst = false;
  hidden = false;
  delays: { ms: number; elapse: () => void }[] = [];
  published: LocalDevice | null = null;
  device: DeviceSwitch;

  constructor(
    whenOff: "mute" | "stop",
    readonly source: "microphone" | "camera" = "camera",
  ) {
    this.device = new DeviceSwitch(
      {
        open: (deviceId) => {
          const opening = new Opening(deviceId);
          this.openings.push(opening);
          return opening.promise;
        },
        delay: (ms) => new Promise((elapse) => this.delays.push({ ms, elapse })),
        whenOff,
        changed: (device) => {
          this.published = device;
        },
        send: (track) => this.sent.push(track),
        failed: (error) => this.failures.push(error),
        closesFirst: () => this.closesFirst,
        hidden: () => this.hidden,
        selected: (deviceId) => this.selected.push(deviceId),
        lost: (track) => this.losses.push(track),
      },
      null,
    );
  }

  async succeed(index = this.openings.length - 1): Promise<FakeTrack> {
    const opening = this.openings[index];
    const track = new FakeTrack(this.source, opening?.deviceId ?? "default");
    this.tracks.push(track);
    if (opening) opening.done = true;
    opening?.resolve(track);
    await settled();
    return track;
  }
  async fail(
    code: ConstructorParameters<typeof DeviceError>[0],
    index = this.openings.length - 1,
  ): Promise<void> {
    const opening = this.openings[index];
    if (opening) opening.done = true;
    opening?.reject(new DeviceError(code, "because"));
    await settled();
  }
  async elapseDelay(): Promise<void> {
    this.delays.at(-1)?.elapse();
    await settled();
  }
  get live(): FakeTrack[] {
    return this.tracks.filter((track) => !track.stopped);
  }
}

let bench: Bench;

describe("a camera", () => {
  beforeEach(() => {
    bench = new Bench("stop");
  });

  it("is off, opening, on and off again, and closed when off", async () => {
    bench.device.set(true);
    expect(bench.published?.status).toBe("opening");
    const track = await bench.succeed();
    expect(bench.published).toMatchObject({ status: "on", track });
    bench.device.set(false);
    expect(bench.published).toMatchObject({ status: "off", track: null });
    expect(track.stopped).toBe(true);
    expect(bench.sent).toEqual([track, null]);
  });

  it("is stopped at once if it opens after it was switched off", async () => {
    bench.device.set(true);
    bench.device.set(false);
    const track = await bench.succeed();
    expect(track.stopped).toBe(true);
    expect(bench.sent).toEqual([]);
    expect(bench.published?.status).toBe("off");
  });

  it("keeps one track when it is switched on twice", async () => {
    bench.device.set(true);
    bench.device.set(false);
    bench.device.set(true);
    await bench.succeed(1);
    await bench.succeed(0);
    expect(bench.live).toHaveLength(1);
    expect(bench.published?.status).toBe("on");
  });

  it("reports why it did not open, and can be tried again", async () => {
    bench.device.set(true);
    await bench.fail("denied");
    expect(bench.published).toEqual({
      status: "error",
      error: { code: "denied", detail: "because" },
      track: null,
    });
    expect(bench.failures).toHaveLength(1);
    bench.device.set(true);
    await bench.succeed();
    expect(bench.published?.status).toBe("on");
  });

  it("is replaced without a gap", async () => {
    bench.device.set(true);
    const first = await bench.succeed();
    bench.device.select("other");
    expect(bench.published?.status).toBe("on");
    expect(first.stopped).toBe(false);
    const second = await bench.succeed();
    expect(second.deviceId).toBe("other");
    expect(bench.sent).toEqual([first, second]);
    expect(first.stopped).toBe(true);
  });

  it("keeps the working device when the newly selected one does not open", async () => {
    bench.device.set(true);
    const first = await bench.succeed();
    bench.device.select("broken");
    await bench.fail("unsupported");
    expect(bench.published).toMatchObject({ status: "on", track: first });
    expect(bench.failures).toHaveLength(1);
    expect(bench.selected).toEqual([]);
  });

  it("is selected once it is open, or at once while it is off", async () => {
    bench.device.select("first");
    expect(bench.selected).toEqual(["first"]);
    bench.device.set(true);
    await bench.succeed();
    bench.device.select("second");
    bench.device.select("third");
    await bench.fail("denied", 1);
    expect(bench.selected).toEqual(["first"]);
    await bench.succeed(2);
    expect(bench.selected).toEqual(["first", "third"]);
  });

  it("is selected when it is turned off while it opens: it is the next to be opened", async () => {
    bench.device.set(true);
    await bench.succeed();
    bench.device.select("other");
    bench.device.set(false);
    expect(bench.selected).toEqual(["other"]);
    bench.device.set(true);
    expect((await bench.succeed()).deviceId).toBe("other");
  });

  it("is not selected if it did not open while another was opening", async () => {
    bench.device.set(true);
    bench.device.select("other");
    await bench.fail("denied");
    expect(bench.selected).toEqual([]);
    bench.device.set(true);
    expect((await bench.succeed()).deviceId).toBe("default");
  });

  it("keeps the selection when no device was open before", async () => {
    bench.device.select("only");
    bench.device.set(true);
    await bench.fail("denied");
    expect(bench.selected).toEqual(["only"]);
    bench.device.set(true);
    expect((await bench.succeed()).deviceId).toBe("only");
  });

  it("falls back to the default when it is unplugged", async () => {
    bench.device.set(true);
    const first = await bench.succeed();
    first.end();
    expect(bench.published?.status).toBe("opening");
    const second = await bench.succeed();
    expect(bench.openings.at(-1)?.deviceId).toBeNull();
    expect(bench.losses).toEqual([second]);
    expect(bench.published?.status).toBe("on");
  });

  it.each(["busy", "failed"] as const)("is retried a bounded number of times (%s)", async (code) => {
    bench.device.select("other");
    bench.device.set(true);
    for (const ms of RETRY_DELAYS_MS) {
      await bench.fail(code);
      expect(bench.delays.at(-1)?.ms).toBe(ms);
      expect(bench.published?.status).toBe("opening");
      await bench.elapseDelay();
    }
    expect(bench.failures).toEqual([]);
    await bench.fail(code);
    expect(bench.openings.map(({ deviceId }) => deviceId)).toEqual(["other", "other", "other"]);
    expect(bench.published).toMatchObject({ status: "error", error: { code } });
    expect(bench.failures).toHaveLength(1);
  });

  it("is on when a retry succeeds", async () => {
    bench.device.set(true);
    await bench.fail("failed");
    await bench.elapseDelay();
    const track = await bench.succeed();
    expect(bench.published).toMatchObject({ status: "on", track, error: null });
    expect(bench.failures).toEqual([]);
  });

  it("is not retried after it was switched off", async () => {
    bench.device.set(true);
    await bench.fail("busy");
    bench.device.set(false);
    await bench.elapseDelay();
    expect(bench.openings).toHaveLength(1);
    expect(bench.published?.status).toBe("off");
    expect(bench.failures).toEqual([]);
  });

  it("is not retried when permission was denied", async () => {
    bench.device.set(true);
    await bench.fail("denied");
    expect(bench.delays).toEqual([]);
    expect(bench.published?.status).toBe("error");
  });

  it("is off with an error when there is no device to fall back to", async () => {
    bench.device.set(true);
    (await bench.succeed()).end();
    await bench.fail("missing");
    expect(bench.losses).toEqual([null]);
    expect(bench.published).toMatchObject({ status: "error", error: { code: "missing" } });
  });
});

describe("a microphone", () => {
  beforeEach(() => {
    bench = new Bench("mute", "microphone");
  });

  it("is muted and stays open when it is switched off", async () => {
    bench.device.set(true);
    const track = await bench.succeed();
    bench.device.set(false);
    expect(track).toMatchObject({ stopped: false, muted: true });
    expect(bench.published).toMatchObject({ status: "off", track });
    bench.device.set(true);
    expect(track.muted).toBe(false);
    expect(bench.openings).toHaveLength(1);
  });

  it("opens a device selected while muted only when it is switched on", async () => {
    bench.device.set(true);
    const first = await bench.succeed();
    bench.device.set(false);
    bench.device.select("other");
    expect(bench.openings).toHaveLength(1);
    expect(first.stopped).toBe(true);
    bench.device.set(true);
    expect((await bench.succeed()).deviceId).toBe("other");
  });

  it("opens the new device when it was muted while the new one was opening", async () => {
    bench.device.set(true);
    await bench.succeed();
    bench.device.select("other");
    bench.device.set(false);
    await bench.succeed();
    bench.device.set(true);
    const track = await bench.succeed();
    expect(track.deviceId).toBe("other");
    expect(bench.live).toEqual([track]);
  });
});

describe("a camera that cannot be open beside another", () => {
  beforeEach(() => {
    bench = new Bench("stop");
  });

  it.each(["busy", "failed"] as const)(
    "is opened after the other was closed, when it is %s because of that one",
    async (code) => {
      bench.device.set(true);
      const first = await bench.succeed();
      bench.device.select("other");
      expect(first.stopped).toBe(false);
      await bench.fail(code);
      expect(first.stopped).toBe(true);
      expect(bench.published).toMatchObject({ status: "opening", track: null });
      await bench.elapseDelay();
      const second = await bench.succeed();
      expect(second.deviceId).toBe("other");
      expect(bench.sent).toEqual([first, null, second]);
      expect(bench.published?.status).toBe("on");
      expect(bench.failures).toEqual([]);
    },
  );

  it("is opened after the other was closed where the platform is known for it", async () => {
    bench.closesFirst = true;
    bench.device.set(true);
    const first = await bench.succeed();
    bench.device.select("other");
    expect(first.stopped).toBe(true);
    expect(bench.published?.status).toBe("opening");
    expect((await bench.succeed()).deviceId).toBe("other");
    expect(bench.openings).toHaveLength(2);
  });

  it("gives way to the other, opened again, when it does not open either", async () => {
    bench.closesFirst = true;
    bench.device.select("first");
    bench.device.set(true);
    await bench.succeed();
    bench.device.select("other");
    await bench.fail("denied");
    expect(bench.openings.at(-1)?.deviceId).toBe("first");
    expect(bench.failures).toEqual([]);
    const again = await bench.succeed();
    expect(bench.published).toMatchObject({ status: "on", track: again });
    expect(bench.sent.at(-1)).toBe(again);
    expect(bench.failures.map(({ code }) => code)).toEqual(["denied"]);
    expect(bench.selected).toEqual(["first"]);
    bench.device.set(false);
    bench.device.set(true);
    expect(bench.openings.at(-1)?.deviceId).toBe("first");
  });

  it("leaves an error when the other does not open again", async () => {
    bench.closesFirst = true;
    bench.device.set(true);
    await bench.succeed();
    bench.device.select("other");
    await bench.fail("denied");
    await bench.fail("missing");
    expect(bench.published).toMatchObject({ status: "error", error: { code: "missing" }, track: null });
    expect(bench.failures.map(({ code }) => code)).toEqual(["missing"]);
  });

  it("stays off when it is turned off in between", async () => {
    bench.closesFirst = true;
    bench.device.set(true);
    await bench.succeed();
    bench.device.select("other");
    bench.device.set(false);
    await bench.succeed();
    expect(bench.live).toEqual([]);
    expect(bench.published?.status).toBe("off");
  });

  it("is not replaced by the default when WebKit ends the other for it", async () => {
    bench.device.set(true);
    const first = await bench.succeed();
    bench.device.select("other");
    first.end();
    expect(bench.published).toMatchObject({ status: "opening", track: null });
    const second = await bench.succeed(1);
    expect(bench.openings.map(({ deviceId }) => deviceId)).toEqual([null, "other"]);
    expect(bench.published).toMatchObject({ status: "on", track: second });
    expect(bench.losses).toEqual([]);
  });
});

describe("a device that the system takes", () => {
  beforeEach(() => {
    bench = new Bench("mute", "microphone");
  });

  it("is interrupted until the system gives it back", async () => {
    bench.device.set(true);
    const track = await bench.succeed();
    track.setInterrupted(true);
    expect(bench.published).toMatchObject({ status: "interrupted", track });
    track.setInterrupted(false);
    expect(bench.published).toMatchObject({ status: "on", track });
    expect(bench.openings).toHaveLength(1);
  });

  it("can be turned off meanwhile, and is still interrupted when it is turned on", async () => {
    bench.device.set(true);
    const track = await bench.succeed();
    track.setInterrupted(true);
    bench.device.set(false);
    expect(bench.published?.status).toBe("off");
    expect(track.muted).toBe(true);
    bench.device.set(true);
    expect(bench.published?.status).toBe("interrupted");
  });

  it("is opened again when the person asks for it", async () => {
    bench.device.set(true);
    const track = await bench.succeed();
    track.setInterrupted(true);
    bench.device.set(true);
    expect(track.stopped).toBe(true);
    const again = await bench.succeed();
    expect(bench.published).toMatchObject({ status: "on", track: again });
  });

  it("is opened again on return to the page if it ended while nobody saw the page", async () => {
    bench.device.select("chosen");
    bench.device.set(true);
    const track = await bench.succeed();
    bench.hidden = true;
    track.end();
    await bench.fail("denied");
    expect(bench.published?.status).toBe("error");
    bench.hidden = false;
    void bench.device.resume();
    expect((await bench.succeed()).deviceId).toBe("chosen");
    expect(bench.published?.status).toBe("on");
  });

  it("is opened again on return to the page if it stays interrupted", async () => {
    bench.device.set(true);
    const track = await bench.succeed();
    bench.hidden = true;
    track.setInterrupted(true);
    bench.hidden = false;
    void bench.device.resume();
    expect(bench.delays.at(-1)?.ms).toBe(RESUME_AFTER_MS);
    expect(track.stopped).toBe(false);
    await bench.elapseDelay();
    expect(track.stopped).toBe(true);
    await bench.succeed();
    expect(bench.published?.status).toBe("on");
  });

  it("is left as it is on return to the page if the system gives it back", async () => {
    bench.device.set(true);
    const track = await bench.succeed();
    bench.hidden = true;
    track.setInterrupted(true);
    void bench.device.resume();
    track.setInterrupted(false);
    await bench.elapseDelay();
    expect(track.stopped).toBe(false);
    expect(bench.openings).toHaveLength(1);
  });

  it("is not opened on return to the page if the person muted it elsewhere before", async () => {
    bench.device.set(true);
    const track = await bench.succeed();
    // The switch of a headset or of the browser: opening again might undo it.
    track.setInterrupted(true);
    bench.hidden = true;
    bench.hidden = false;
    void bench.device.resume();
    await bench.elapseDelay();
    expect(track.stopped).toBe(false);
    expect(bench.openings).toHaveLength(1);
  });
});

describe("a microphone whose settings changed", () => {
  beforeEach(() => {
    bench = new Bench("mute", "microphone");
  });

  it("is closed and opened again", async () => {
    bench.device.select("chosen");
    bench.device.set(true);
    const track = await bench.succeed();
    bench.device.reopen();
    expect(track.stopped).toBe(true);
    expect((await bench.succeed()).deviceId).toBe("chosen");
    expect(bench.published?.status).toBe("on");
  });

  it("is opened anew at the next time if it is muted", async () => {
    bench.device.set(true);
    const track = await bench.succeed();
    bench.device.set(false);
    bench.device.reopen();
    expect(track.stopped).toBe(true);
    expect(bench.published?.status).toBe("off");
    bench.device.set(true);
    await bench.succeed();
    expect(bench.openings).toHaveLength(2);
  });

  it("stays closed if it was", () => {
    bench.device.reopen();
    expect(bench.openings).toEqual([]);
  });
});

it.each(["mute", "stop"] as const)("leaks no track, for any actions while it opens (%s)", async (whenOff) => {
  const action = fc.constantFrom(
    "on",
    "off",
    "other",
    "default",
    "stop",
    "first opens",
    "last opens",
    "fails",
    "delay elapses",
    "unplug",
    "interrupt",
    "give back",
    "hide",
    "show",
    "close first",
    "reopen",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
      const bench = new Bench(whenOff);
      for (const name of actions) {
        if (name === "on") bench.device.set(true);
        else if (name === "off") bench.device.set(false);
        else if (name === "other") bench.device.select("other");
        else if (name === "default") bench.device.select(null);
        else if (name === "stop") bench.device.stop();
        else if (name === "unplug") bench.live.at(-1)?.end();
        else if (name === "interrupt") bench.live.at(-1)?.setInterrupted(true);
        else if (name === "give back") bench.live.at(-1)?.setInterrupted(false);
        else if (name === "reopen") bench.device.reopen();
        else if (name === "close first") bench.closesFirst = !bench.closesFirst;
        else if (name === "hide") bench.hidden = true;
        else if (name === "show") {
          bench.hidden = false;
          void bench.device.resume();
        }
        const pending = bench.openings.flatMap((opening, index) => (opening.done ? [] : index));
        const chosen = name === "first opens" ? pending[0] : pending.at(-1);
        if (chosen !== undefined && name.endsWith("opens")) await bench.succeed(chosen);
        if (chosen !== undefined && name === "fails") await bench.fail("busy", chosen);
        if (name === "delay elapses") await bench.elapseDelay();
        await settled();
        const { track } = bench.device.device;
        expect(bench.live).toEqual(track ? [track] : []);
        expect(bench.sent.at(-1) ?? null).toBe(track);
      }
      bench.device.stop();
      for (const { elapse } of bench.delays) elapse();
      await settled();
      for (const [index, opening] of bench.openings.entries()) if (!opening.done) await bench.succeed(index);
      expect(bench.live).toEqual([]);
    }),
  );
});
