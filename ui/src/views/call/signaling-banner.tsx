import { RotateCw, WifiOff } from "lucide-react";
import { useAnnounced } from "../../components/announcer";
import { Button } from "../../components/button";
import { useText } from "../../i18n/text";
import { useActions, useCall } from "../hooks/maru-context";
import { useNetworkDown } from "../hooks/use-network-down";
import { useNow } from "../hooks/use-now";
import { TechnicalDetails } from "../shared/technical-details";

/** One banner for all that is lost with the server or with the own network, with the next try. */
export function SignalingBanner() {
  const text = useText();
  const signaling = useCall((state) => state.signaling);
  const networkDown = useNetworkDown();
  const { retryServer } = useActions();
  const lost = networkDown
    ? text.call.networkDown
    : { title: text.call.signalingLost, help: text.call.signalingLostHelp };
  const explanation =
    signaling.kind === "refused"
      ? text.refused(signaling.code)
      : signaling.kind === "reconnecting"
        ? lost
        : null;
  useAnnounced(explanation && `${explanation.title} ${explanation.help}`);
  if (!explanation || !("detail" in signaling)) return null;
  return (
    <div className="banner banner-warning" data-testid="notice">
      <WifiOff size={17} aria-hidden="true" />
      <div>
        <b>{explanation.title}</b> {explanation.help}
        <TechnicalDetails detail={signaling.detail} />
      </div>
      {signaling.kind === "reconnecting" && (
        <div className="banner-retry">
          <NextTry at={signaling.retryAt} />
          <Button small icon={<RotateCw size={15} aria-hidden="true" />} onClick={retryServer}>
            {text.call.tryNow}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Outside of the live region: a screen reader would read every second. `at`: null while a try is running. */
function NextTry({ at }: { at: number | null }) {
  const text = useText();
  const now = useNow(at !== null);
  const seconds = at === null ? 0 : Math.ceil((at - now) / 1000);
  return (
    <span className="banner-next" role="timer" aria-live="off">
      {seconds > 0 ? text.call.nextTry(seconds) : text.call.trying}
    </span>
  );
}
