import { Button } from "../../components/button";
import { LevelMeter } from "../../components/level-meter";
import { useText } from "../../i18n/text";
import { useActions, useCall, useMaru } from "../hooks/maru-context";
import { useSilentMicrophone } from "../hooks/use-silent-microphone";
import type { TestSound } from "../hooks/use-test-sound";
import { Interrupted } from "../shared/interrupted";
import { DeviceErrorCard } from "./device-error-card";

/** Above the preview's picture: what the microphone picks up, and what the person may have to do about the devices. */
export function PreviewStatus({ sound, onDevices }: { sound: TestSound | null; onDevices: () => void }) {
  const text = useText();
  const { call } = useMaru();
  const microphone = useCall((state) => state.self.microphone);
  const cameraOn = useCall((state) => state.self.camera.status === "on");
  const { setMicrophone } = useActions();
  const silent = useSilentMicrophone();
  return (
    <div className="preview-status">
      {microphone.status === "on" && (
        <div className="preview-level">
          <LevelMeter read={() => call.level("self")} />
          <span>{microphone.track?.label || text.menu.microphone}</span>
        </div>
      )}
      {microphone.error && cameraOn && (
        <div className="preview-problem">
          <DeviceErrorCard device="microphone" error={microphone.error} onRetry={() => setMicrophone(true)} />
        </div>
      )}
      <Interrupted source="microphone" className="preview-hint" />
      <Interrupted source="camera" className="preview-hint" />
      {/* Present from the start: screen readers announce what is put into it. */}
      <div className={silent ? "preview-hint" : "preview-hint-empty"} role="status">
        {silent && (
          <>
            <div>
              <b>{text.start.silent.title}</b> {text.start.silent.help}
            </div>
            <Button small onClick={onDevices}>
              {text.start.chooseMicrophone}
            </Button>
          </>
        )}
      </div>
      <div className={sound?.played ? "preview-hint" : "preview-hint-empty"} role="status">
        {sound?.played && <div>{text.menu.testSoundHelp}</div>}
      </div>
    </div>
  );
}
