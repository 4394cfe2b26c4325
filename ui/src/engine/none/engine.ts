import {
  type Capabilities,
  DeviceError,
  type Engine,
  type Link,
  type LinkOptions,
  type LinkStats,
} from "../types";

const DETAIL = "this window has no RTCPeerConnection";

const NO_CAPABILITIES: Capabilities = {
  calls: false,
  microphone: false,
  camera: false,
  screen: false,
  chooseSpeaker: false,
};

/** Statistics of which nothing is reported. */
export const NO_STATS: LinkStats = {
  roundTrip: null,
  loss: null,
  sentLoss: null,
  jitter: null,
  sentBitrate: 0,
  receivedBitrate: 0,
  availableBitrate: null,
  localCandidate: null,
  remoteCandidate: null,
  media: [],
};

/** Present in the room without media, in a webview without RTCPeerConnection. */
export class NoMediaEngine implements Engine {
  readonly kind = "none";
  readonly capabilities = NO_CAPABILITIES;
  readonly devices: Engine["devices"] = {
    list: async () => [],
    onChange: () => () => {},
    openMicrophone: async () => Promise.reject(new DeviceError("unsupported", DETAIL)),
    openCamera: async () => Promise.reject(new DeviceError("unsupported", DETAIL)),
    openScreen: async () => Promise.reject(new DeviceError("unsupported", DETAIL)),
  };
  readonly playback: Engine["playback"] = {
    blocked: () => false,
    unblock: async () => {},
    onChange: () => () => {},
  };

  createLink({ events }: LinkOptions): Link {
    // After `createLink` has returned, like the events of the other engines.
    queueMicrotask(() => events.status("failed", DETAIL));
    return {
      receive: () => {},
      setTrack: () => {},
      setShownHeight: () => {},
      sendMessage: () => false,
      setPolite: () => {},
      setIceServers: () => {},
      restartIce: () => {},
      stats: async () => NO_STATS,
      close: () => events.status("closed", ""),
    };
  }

  async setSpeaker(): Promise<void> {}

  async setProcessing(): Promise<boolean> {
    return true;
  }

  close(): void {}
}
