import { Check, Link, MicOff, MonitorUp, Volume2 } from "lucide-react";
import { useState, useSyncExternalStore } from "react";
import { noMediaReason } from "../../call/no-media-reason";
import { useAnnounced } from "../../components/announcer";
import { Button } from "../../components/button";
import { onVideoBlocked, videoBlocked } from "../../engine/video-element";
import { useText } from "../../i18n/text";
import { useActions, useCall, useHost } from "../hooks/maru-context";
import type { Copying } from "../hooks/use-copy";
import { useMuteHint } from "../hooks/use-mute-hint";
import { Interrupted } from "../shared/interrupted";
import { useShortcutKeys } from "../shared/use-shortcut-keys";
import { MicrophoneHint } from "./microphone-hint";
import { SignalingBanner } from "./signaling-banner";

/** Each banner is shown for exactly as long as its condition holds. */
export function Banners({ link }: { link: Copying }) {
  return (
    <div className="banners">
      <LinkBanner {...link} />
      <SignalingBanner />
      <NoCaptureBanner />
      <PlaybackBanner />
      <MicrophoneHint />
      <Interrupted source="microphone" className="banner banner-warning" />
      <Interrupted source="camera" className="banner banner-warning" />
      <SharingBanner />
      <MuteBanner />
    </div>
  );
}

function PlaybackBanner() {
  const text = useText();
  const soundBlocked = useCall((state) => state.playbackBlocked);
  const pictureBlocked = useSyncExternalStore(onVideoBlocked, videoBlocked);
  const { unblockPlayback } = useActions();
  if (!soundBlocked && !pictureBlocked) return null;
  return (
    <div className="banner" role="alert" data-testid="notice">
      <Volume2 size={17} aria-hidden="true" />
      <div>{soundBlocked ? text.call.playbackBlocked : text.call.videoBlocked}</div>
      {/* The click starts all video as well. */}
      <Button small look="primary" onClick={unblockPlayback}>
        {soundBlocked ? text.call.playbackUnblock : text.call.videoUnblock}
      </Button>
    </div>
  );
}

/** Explains why the dock has no microphone and no camera. */
function NoCaptureBanner() {
  const text = useText();
  const host = useHost();
  const engine = useCall((state) => state.engine);
  const reason = noMediaReason(engine, host.kind);
  const [dismissed, setDismissed] = useState(false);
  const shown =
    !dismissed && (reason === "insecure-page" || reason === "no-capture")
      ? text.call.listening[reason]
      : null;
  useAnnounced(shown);
  if (shown === null) return null;
  return (
    <div className="banner banner-warning" data-testid="notice">
      <MicOff size={17} aria-hidden="true" />
      <div>{shown}</div>
      <Button small onClick={() => setDismissed(true)}>
        {text.common.dismiss}
      </Button>
    </div>
  );
}

function SharingBanner() {
  const text = useText();
  const sharing = useCall((state) => state.self.screen.status === "on");
  const { setScreen } = useActions();
  useAnnounced(sharing ? text.call.sharing : null);
  if (!sharing) return null;
  return (
    <div className="banner banner-sharing">
      <MonitorUp size={17} aria-hidden="true" />
      <div>{text.call.sharing}</div>
      <Button small onClick={() => setScreen(false)}>
        {text.call.stopSharing}
      </Button>
    </div>
  );
}

/** Announced as an event of the call. */
function MuteBanner() {
  const text = useText();
  const shown = useMuteHint();
  const key = useShortcutKeys()("microphone");
  if (!shown) return null;
  return (
    <div className="banner">
      <div>{text.call.muteHint}</div>
      {key && <kbd className="kbd">{key}</kbd>}
    </div>
  );
}

/** The result of copying the link from a menu, which is closed by then. `CallView` announces it. */
function LinkBanner({ copied, refused, forget }: Copying) {
  const text = useText();
  if (refused !== null) {
    return (
      <div className="banner banner-warning" data-testid="notice">
        <Link size={17} aria-hidden="true" />
        <div>
          {text.call.linkNotCopied} <code className="banner-link">{refused}</code>
        </div>
        <Button small onClick={forget}>
          {text.common.dismiss}
        </Button>
      </div>
    );
  }
  if (!copied) return null;
  return (
    <div className="banner" data-testid="notice">
      <Check size={17} aria-hidden="true" />
      <div>{text.call.linkCopied}</div>
    </div>
  );
}
