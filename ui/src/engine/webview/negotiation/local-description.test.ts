import { expect, it } from "vitest";
import { setLocalAnswer, setLocalOffer } from "./local-description";

/** What a connection does when its description is set: as a browser, or otherwise. */
class Pc {
  set: (RTCSessionDescriptionInit | undefined)[] = [];
  pendingLocalDescription: { type: string; sdp: string } | null = null;
  refuses = false;
  /** A remote offer arrives while the first description is being set. */
  rolledBack = false;

  async setLocalDescription(description?: RTCSessionDescriptionInit): Promise<void> {
    this.set.push(description);
    if (description && this.refuses) throw new DOMException("", "InvalidModificationError");
    this.pendingLocalDescription = this.rolledBack ? null : { type: "offer", sdp: "made" };
  }

  async createAnswer() {
    return { type: "answer", sdp: "made" };
  }

  get real(): RTCPeerConnection {
    return this as unknown as RTCPeerConnection;
  }
}

const stereo = { localChange: () => (sdp: string) => `${sdp} in stereo` };
const nothing = [{}, { localChange: () => null }];

it("is set without arguments where nothing has to be changed", async () => {
  for (const content of nothing) {
    const pc = new Pc();
    await setLocalOffer(pc.real, content);
    await setLocalAnswer(pc.real, content);
    expect(pc.set).toEqual([undefined, undefined]);
  }
  // Firefox describes stereo by itself.
  const same = new Pc();
  await setLocalOffer(same.real, { localChange: () => (sdp) => sdp });
  expect(same.set).toEqual([undefined]);
});

it("is changed as the content says: an offer once it is set, an answer before", async () => {
  const pc = new Pc();
  await setLocalOffer(pc.real, stereo);
  expect(pc.set).toEqual([undefined, { type: "offer", sdp: "made in stereo" }]);
  await setLocalAnswer(pc.real, stereo);
  expect(pc.set.slice(2)).toEqual([{ type: "answer", sdp: "made in stereo" }]);
});

it("is as the browser made it if that takes no changes", async () => {
  const pc = new Pc();
  pc.refuses = true;
  await setLocalOffer(pc.real, stereo);
  await setLocalAnswer(pc.real, stereo);
  expect(pc.set.at(-1)).toBeUndefined();
});

it("an offer that was rolled back meanwhile is not set again", async () => {
  const pc = new Pc();
  pc.rolledBack = true;
  await setLocalOffer(pc.real, stereo);
  expect(pc.set).toEqual([undefined]);
});
