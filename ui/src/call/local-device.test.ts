import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeTrack, settled } from "../../tests/fakes";
import { DeviceError, type LocalTrack } from "../engine/types";
import { AGAIN_AFTER_MS, DeviceSwitch } from "./local-device";
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

class Bench {
  openings: Opening[] = [];
  tracks: FakeTrack[] = [];
  sent: (LocalTrack | null)[] = [];
  failures: DeviceError[] = [];
  losses: (LocalTrack | null)[] = [];
  returns: (string | null)[] = [];
  pauses: { ms: number; over: () => void }[] = [];
  shown: LocalDevice | null = null;
  device: DeviceSwitch;

  constructor(
    whenOff: "hold" | "stop",
    readonly source: "microphone" | "camera" = "camera",
  ) {
    this.device = new DeviceSwitch(
      {
        open: (deviceId) => {
          const opening = new Opening(deviceId);
          this.openings.push(opening);
          return opening.promise;
        },
        pause: (ms) => new Promise((over) => this.pauses.push({ ms, over })),
        whenOff,
        changed: (device) => {
          this.shown = device;
        },
        send: (track) => this.sent.push(track),
        failed: (error) => this.failures.push(error),
        chosenAgain: (deviceId) => this.returns.push(deviceId),
        lost: (track) => this.losses.push(track),
      },
      null,
    );
  }

  async opens(index = this.openings.length - 1): Promise<FakeTrack> {
    const opening = this.openings[index];
    const track = new FakeTrack(this.source, opening?.deviceId ?? "default");
    this.tracks.push(track);
    if (opening) opening.done = true;
    opening?.resolve(track);
    await settled();
    return track;
  }
  async fails(
    code: ConstructorParameters<typeof DeviceError>[0],
    index = this.openings.length - 1,
  ): Promise<void> {
    const opening = this.openings[index];
    if (opening) opening.done = true;
    opening?.reject(new DeviceError(code, "because"));
    await settled();
  }
  async waits(): Promise<void> {
    this.pauses.at(-1)?.over();
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

  it("is off, opening, on and off again, with its light", async () => {
    bench.device.set(true);
    expect(bench.shown?.status).toBe("opening");
    const track = await bench.opens();
    expect(bench.shown).toMatchObject({ status: "on", track });
    bench.device.set(false);
    expect(bench.shown).toMatchObject({ status: "off", track: null });
    expect(track.stopped).toBe(true);
    expect(bench.sent).toEqual([track, null]);
  });

  it("stops at once when it opens for somebody who switched it off meanwhile", async () => {
    bench.device.set(true);
    bench.device.set(false);
    const track = await bench.opens();
    expect(track.stopped).toBe(true);
    expect(bench.sent).toEqual([]);
    expect(bench.shown?.status).toBe("off");
  });

  it("keeps one track when it is switched on twice", async () => {
    bench.device.set(true);
    bench.device.set(false);
    bench.device.set(true);
    await bench.opens(1);
    await bench.opens(0);
    expect(bench.live).toHaveLength(1);
    expect(bench.shown?.status).toBe("on");
  });

  it("says why it did not open, and can be tried again", async () => {
    bench.device.set(true);
    await bench.fails("denied");
    expect(bench.shown).toEqual({
      status: "error",
      error: { code: "denied", detail: "because" },
      track: null,
    });
    expect(bench.failures).toHaveLength(1);
    bench.device.set(true);
    await bench.opens();
    expect(bench.shown?.status).toBe("on");
  });

  it("is swapped without a gap", async () => {
    bench.device.set(true);
    const first = await bench.opens();
    bench.device.select("other");
    expect(bench.shown?.status).toBe("on");
    expect(first.stopped).toBe(false);
    const second = await bench.opens();
    expect(second.deviceId).toBe("other");
    expect(bench.sent).toEqual([first, second]);
    expect(first.stopped).toBe(true);
  });

  it("stays with the device that works when the other does not", async () => {
    bench.device.set(true);
    const first = await bench.opens();
    bench.device.select("broken");
    await bench.fails("unsupported");
    expect(bench.shown).toMatchObject({ status: "on", track: first });
    expect(bench.failures).toHaveLength(1);
    expect(bench.returns).toEqual([null]);
  });

  it("returns to the device in use, not to one that was on its way", async () => {
    bench.device.select("first");
    bench.device.set(true);
    await bench.opens();
    bench.device.select("second");
    bench.device.select("third");
    await bench.fails("denied", 1);
    expect(bench.returns).toEqual([]);
    await bench.fails("denied", 2);
    expect(bench.returns).toEqual(["first"]);
  });

  it("stays chosen when it is the only one that was tried", async () => {
    bench.device.select("only");
    bench.device.set(true);
    await bench.fails("denied");
    expect(bench.returns).toEqual([]);
    bench.device.set(true);
    expect((await bench.opens()).deviceId).toBe("only");
  });

  it("falls back to the default when it is unplugged", async () => {
    bench.device.set(true);
    const first = await bench.opens();
    first.end();
    expect(bench.shown?.status).toBe("opening");
    const second = await bench.opens();
    expect(bench.openings.at(-1)?.deviceId).toBeNull();
    expect(bench.losses).toEqual([second]);
    expect(bench.shown?.status).toBe("on");
  });

  it.each(["busy", "failed"] as const)("is asked again, and no longer than agreed (%s)", async (code) => {
    bench.device.select("other");
    bench.device.set(true);
    for (const ms of AGAIN_AFTER_MS) {
      await bench.fails(code);
      expect(bench.pauses.at(-1)?.ms).toBe(ms);
      expect(bench.shown?.status).toBe("opening");
      await bench.waits();
    }
    expect(bench.failures).toEqual([]);
    await bench.fails(code);
    expect(bench.openings.map(({ deviceId }) => deviceId)).toEqual(["other", "other", "other"]);
    expect(bench.shown).toMatchObject({ status: "error", error: { code } });
    expect(bench.failures).toHaveLength(1);
  });

  it("is on when it opens at the second word", async () => {
    bench.device.set(true);
    await bench.fails("failed");
    await bench.waits();
    const track = await bench.opens();
    expect(bench.shown).toMatchObject({ status: "on", track, error: null });
    expect(bench.failures).toEqual([]);
  });

  it("is not asked again for somebody who switched it off meanwhile", async () => {
    bench.device.set(true);
    await bench.fails("busy");
    bench.device.set(false);
    await bench.waits();
    expect(bench.openings).toHaveLength(1);
    expect(bench.shown?.status).toBe("off");
    expect(bench.failures).toEqual([]);
  });

  it("is not asked again when the person said no", async () => {
    bench.device.set(true);
    await bench.fails("denied");
    expect(bench.pauses).toEqual([]);
    expect(bench.shown?.status).toBe("error");
  });

  it("is off with a reason when there is nothing to fall back to", async () => {
    bench.device.set(true);
    (await bench.opens()).end();
    await bench.fails("missing");
    expect(bench.losses).toEqual([null]);
    expect(bench.shown).toMatchObject({ status: "error", error: { code: "missing" } });
  });
});

describe("a microphone", () => {
  beforeEach(() => {
    bench = new Bench("hold", "microphone");
  });

  it("is muted, not closed, so that it is back at once", async () => {
    bench.device.set(true);
    const track = await bench.opens();
    bench.device.set(false);
    expect(track).toMatchObject({ stopped: false, muted: true });
    expect(bench.shown).toMatchObject({ status: "off", track });
    bench.device.set(true);
    expect(track.muted).toBe(false);
    expect(bench.openings).toHaveLength(1);
  });

  it("opens nothing when another is chosen while muted; the next switch does", async () => {
    bench.device.set(true);
    const first = await bench.opens();
    bench.device.set(false);
    bench.device.select("other");
    expect(bench.openings).toHaveLength(1);
    expect(first.stopped).toBe(true);
    bench.device.set(true);
    expect((await bench.opens()).deviceId).toBe("other");
  });

  it("does not come back as the old one when it was muted during a swap", async () => {
    bench.device.set(true);
    await bench.opens();
    bench.device.select("other");
    bench.device.set(false);
    await bench.opens();
    bench.device.set(true);
    const track = await bench.opens();
    expect(track.deviceId).toBe("other");
    expect(bench.live).toEqual([track]);
  });
});

it.each(["hold", "stop"] as const)(
  "leaks no track, whatever is pressed while it opens (%s)",
  async (whenOff) => {
    const press = fc.constantFrom(
      "on",
      "off",
      "other",
      "default",
      "stop",
      "first opens",
      "last opens",
      "fails",
      "waits",
      "unplug",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(press, { maxLength: 30 }), async (presses) => {
        const one = new Bench(whenOff);
        for (const name of presses) {
          if (name === "on") one.device.set(true);
          else if (name === "off") one.device.set(false);
          else if (name === "other") one.device.select("other");
          else if (name === "default") one.device.select(null);
          else if (name === "stop") one.device.stop();
          else if (name === "unplug") one.live.at(-1)?.end();
          const waiting = one.openings.flatMap((opening, index) => (opening.done ? [] : index));
          const chosen = name === "first opens" ? waiting[0] : waiting.at(-1);
          if (chosen !== undefined && name.endsWith("opens")) await one.opens(chosen);
          if (chosen !== undefined && name === "fails") await one.fails("busy", chosen);
          if (name === "waits") await one.waits();
          await settled();
          const shown = one.device.device.track;
          expect(one.live).toEqual(shown ? [shown] : []);
          expect(one.sent.at(-1) ?? null).toBe(shown);
        }
        one.device.stop();
        for (const { over } of one.pauses) over();
        await settled();
        for (const [index, opening] of one.openings.entries()) if (!opening.done) await one.opens(index);
        expect(one.live).toEqual([]);
      }),
    );
  },
);
