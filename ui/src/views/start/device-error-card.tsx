import { useAnnounced } from "../../components/announcer";
import { Button } from "../../components/button";
import type { DeviceErrorCode } from "../../engine/types";
import { useText } from "../../i18n/text";
import { TechnicalDetails } from "../shared/technical-details";

interface DeviceErrorCardProps {
  device: "microphone" | "camera";
  error: { code: DeviceErrorCode; detail: string };
  onRetry: () => void;
}

/** Why a device did not open, and what to do about it. */
export function DeviceErrorCard({ device, error, onRetry }: DeviceErrorCardProps) {
  const text = useText();
  const explanation = text.device(device, error.code);
  useAnnounced(`${explanation.title}. ${explanation.help}`);
  return (
    <div className="problem" data-testid="notice">
      <h2>{explanation.title}</h2>
      <p>
        {explanation.help} {text.start.joinWithout}
      </p>
      <div className="problem-actions">
        <Button small onClick={onRetry}>
          {text.common.retry}
        </Button>
        <TechnicalDetails detail={error.detail} />
      </div>
    </div>
  );
}
