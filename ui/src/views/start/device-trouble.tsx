import { Button } from "../../components/button";
import type { DeviceErrorCode } from "../../engine/types";
import { useText } from "../../i18n/text";
import { TechnicalDetails } from "../technical-details";

interface DeviceTroubleProps {
  device: "microphone" | "camera";
  error: { code: DeviceErrorCode; detail: string };
  onRetry: () => void;
}

/** Why a device did not open, how to mend it, and that nothing depends on it. */
export function DeviceTrouble({ device, error, onRetry }: DeviceTroubleProps) {
  const text = useText();
  const told = text.device(device, error.code);
  return (
    <div className="trouble" role="status" data-testid="notice">
      <h2>{told.title}</h2>
      <p>{told.help}</p>
      <div className="trouble-actions">
        <Button small onClick={onRetry}>
          {text.common.retry}
        </Button>
        <TechnicalDetails detail={error.detail} />
      </div>
    </div>
  );
}
