import { Mic, MicOff, SlidersVertical, Video as VideoIcon, VideoOff, Volume2 } from "lucide-react";
import { noMediaReason } from "../../call/no-media-reason";
import { isOnOrOpening } from "../../call/types";
import { Button } from "../../components/button";
import { Control } from "../../components/control";
import { Video } from "../../components/video";
import { useText } from "../../i18n/text";
import { useActions, useCall, useHost, useSettings } from "../hooks/maru-context";
import { useTestSound } from "../hooks/use-test-sound";
import { DeviceToggle } from "../shared/device-toggle";
import { DeviceErrorCard } from "./device-error-card";
import { EngineProblems } from "./engine-problems";
import { PreviewStatus } from "./preview-status";

/** One's own camera and microphone before joining. No device opens until its button is pressed. */
export function Preview({ onDevices }: { onDevices: () => void }) {
  const text = useText();
  const host = useHost();
  const camera = useCall((state) => state.self.camera);
  const microphone = useCall((state) => state.self.microphone);
  const engine = useCall((state) => state.engine);
  const { microphone: hasMicrophone, camera: hasCamera } = engine.capabilities;
  const reason = noMediaReason(engine, host.kind);
  const { setCamera, setMicrophone } = useActions();
  const { mirrorSelf } = useSettings();
  const cameraOn = camera.status === "on";
  const bothOff = camera.status === "off" && microphone.status === "off";
  const sound = useTestSound();

  return (
    <section className="preview" aria-label={text.start.preview}>
      {camera.track && cameraOn && (
        <Video track={camera.track} mirrored={mirrorSelf} label={text.start.preview} testId="preview-video" />
      )}
      <PreviewStatus sound={sound} onDevices={onDevices} />
      {!cameraOn && (
        <div className="preview-blank">
          {reason ? (
            <>
              <h2>{text.start.noMedia[reason].title}</h2>
              <p>{text.start.noMedia[reason].help}</p>
            </>
          ) : camera.status === "opening" ? (
            <p role="status">{text.start.opening}</p>
          ) : camera.status === "interrupted" ? (
            <h2>{text.start.cameraStopped}</h2>
          ) : camera.error ? (
            <DeviceErrorCard device="camera" error={camera.error} onRetry={() => setCamera(true)} />
          ) : (
            <>
              <h2>{bothOff ? text.start.ready : text.start.cameraOff}</h2>
              <p>
                {bothOff
                  ? text.start.readyHelp
                  : isOnOrOpening(microphone)
                    ? text.start.voiceOnly
                    : text.start.nothingOn}
              </p>
              <div className="preview-buttons">
                {hasCamera && (
                  <Button icon={<VideoIcon size={17} aria-hidden="true" />} onClick={() => setCamera(true)}>
                    {text.start.turnOnCamera}
                  </Button>
                )}
                {hasMicrophone && microphone.status === "off" && (
                  <Button icon={<Mic size={17} aria-hidden="true" />} onClick={() => setMicrophone(true)}>
                    {text.start.turnOnMicrophone}
                  </Button>
                )}
                {bothOff && sound && (
                  <Button icon={<Volume2 size={17} aria-hidden="true" />} onClick={sound.play}>
                    {text.menu.testSound}
                  </Button>
                )}
              </div>
            </>
          )}
          <EngineProblems />
          {microphone.error && (
            <DeviceErrorCard
              device="microphone"
              error={microphone.error}
              onRetry={() => setMicrophone(true)}
            />
          )}
        </div>
      )}

      {(hasCamera || hasMicrophone) && !bothOff && (
        <div className="preview-tools">
          {hasMicrophone && (
            <DeviceToggle
              device={microphone}
              labels={{
                turnOn: text.start.turnOnMicrophone,
                cancel: text.dock.cancelMicrophone,
                turnOff: text.start.turnOffMicrophone,
              }}
              icons={{ on: <Mic size={20} />, off: <MicOff size={20} /> }}
              onChange={setMicrophone}
            />
          )}
          {hasCamera && (
            <DeviceToggle
              device={camera}
              labels={{
                turnOn: text.start.turnOnCamera,
                cancel: text.dock.cancelCamera,
                turnOff: text.start.turnOffCamera,
              }}
              icons={{ on: <VideoIcon size={20} />, off: <VideoOff size={20} /> }}
              onChange={setCamera}
            />
          )}
          {sound && <Control label={text.menu.testSound} icon={<Volume2 size={20} />} onClick={sound.play} />}
          <Control label={text.settings.devices} icon={<SlidersVertical size={20} />} onClick={onDevices} />
        </div>
      )}
    </section>
  );
}
