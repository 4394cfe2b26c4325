/** How browsers differ, as far as negotiation depends on it. */
export interface FakeBrowser {
  /** In order of preference. A section without a common codec is rejected. */
  codecs: Record<"audio" | "video", string[]>;
  /** False in Firefox. */
  supportsProvisionalAnswers: boolean;
  /** Names itself in the `o=` line of its descriptions, and makes the first offer: decision 0066. */
  isFirefox: boolean;
  /** Rewrites the `o=` line in `remoteDescription`, as Chromium does. */
  rewritesOrigin: boolean;
  /** Connections made now have names in the place of addresses: no device was opened. */
  hidesAddresses: boolean;
}

export const CHROMIUM: FakeBrowser = {
  codecs: { audio: ["opus/48000/2"], video: ["VP8/90000", "VP9/90000", "H264/90000"] },
  supportsProvisionalAnswers: true,
  isFirefox: false,
  rewritesOrigin: true,
  hidesAddresses: false,
};

export const FIREFOX: FakeBrowser = {
  ...CHROMIUM,
  supportsProvisionalAnswers: false,
  isFirefox: true,
  rewritesOrigin: false,
};
