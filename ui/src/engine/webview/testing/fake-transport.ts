import { FakeDataChannel } from "./fake-media";
import type { FakePeerConnection } from "./fake-peer-connection";

/** Whether each side has the ICE credentials of the other. */
export function canConnect(one: FakePeerConnection, other: FakePeerConnection): boolean {
  const [a, b] = [one.ufrags, other.ufrags];
  return a.local !== undefined && a.local === b.remote && b.local !== undefined && b.local === a.remote;
}

/** ICE and DTLS succeed: both sides become `connected`, and the negotiated data channels open. */
export function establishTransport(one: FakePeerConnection, other: FakePeerConnection): void {
  if (!canConnect(one, other)) throw new Error("the ICE credentials do not match");
  openChannels(one, other);
  openChannels(other, one);
  one.setConnectionState("connected");
  other.setConnectionState("connected");
}

function openChannels(from: FakePeerConnection, to: FakePeerConnection): void {
  const negotiated = from.negotiated.find(({ kind }) => kind === "application");
  if (!negotiated || negotiated.direction === "rejected") return;
  for (const channel of from.channels) {
    if (channel.remote) continue;
    channel.remote = new FakeDataChannel(channel.label);
    channel.remote.remote = channel;
    to.ondatachannel?.({ channel: channel.remote });
    channel.remote.open();
    channel.open();
  }
}
