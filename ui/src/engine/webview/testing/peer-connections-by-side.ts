import type { IceServer } from "../../../protocol/generated";
import { CHROMIUM, type FakeBrowser } from "./fake-browser";
import { FakePeerConnection } from "./fake-peer-connection";
import type { Side } from "./fake-signaling";
import type { StepQueue } from "./step-queue";

/**
 * Fake RTCPeerConnections of two sides in one program. Which side made one is known by its ICE server: pass
 * `iceServersOf(side)` wherever that side's servers go.
 */
export class PeerConnectionsBySide {
  /** For `globalThis.RTCPeerConnection`. */
  readonly constructorFunction: unknown;
  /** Named `pc1`, `pc2`, …. */
  readonly created: readonly FakePeerConnection[];

  constructor(queue: StepQueue, browsers: Partial<Record<Side, FakeBrowser>> = {}) {
    const created: FakePeerConnection[] = [];
    this.created = created;
    this.constructorFunction = class extends FakePeerConnection {
      constructor(configuration: RTCConfiguration = {}) {
        const browser = (isOf(configuration, "a") ? browsers.a : browsers.b) ?? CHROMIUM;
        super(`pc${created.length + 1}`, queue, browser, configuration);
        created.push(this);
      }
    };
  }

  /** Oldest first. */
  of(side: Side): FakePeerConnection[] {
    return this.created.filter((pc) => isOf(pc.getConfiguration(), side));
  }

  /** The newest one of `side`. */
  current(side: Side): FakePeerConnection {
    const pc = this.of(side).at(-1);
    if (!pc) throw new Error(`side ${side} has no RTCPeerConnection`);
    return pc;
  }
}

export function iceServersOf(side: Side): IceServer[] {
  return [{ urls: [`stun:${side}`] }];
}

function isOf({ iceServers = [] }: RTCConfiguration, side: Side): boolean {
  return iceServers.some(({ urls }) => urls.includes(`stun:${side}`));
}
