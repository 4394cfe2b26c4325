import { Mic, MicOff, SlidersVertical, Video as VideoIcon, VideoOff } from "lucide-react";
import { mediaTrouble } from "../../call/media-trouble";
import { isWanted } from "../../call/types";
import { Button } from "../../components/button";
import { Control } from "../../components/control";
import { LevelMeter } from "../../components/level-meter";
import { Video } from "../../components/video";
import { useText } from "../../i18n/text";
import { useActions, useCall, useMaru } from "../hooks/context";
import { switchLabel } from "../switch-label";
import { DeviceTrouble } from "./device-trouble";
import { EngineTrouble } from "./engine-trouble";

/** What the others will see and hear, before they do. Nothing opens until its button is pressed. */
export function Preview({ onDevices }: { onDevices: () => void }) {
  const text = useText();
  const { call, host } = useMaru();
  const camera = useCall((state) => state.self.camera);
  const microphone = useCall((state) => state.self.microphone);
  const engine = useCall((state) => state.engine);
  const { microphone: hasMicrophone, camera: hasCamera } = engine.capabilities;
  const trouble = mediaTrouble(engine, host.kind);
  const { setCamera, setMicrophone } = useActions();
  const cameraOn = camera.status === "on";
  const microphoneOn = microphone.status === "on";
  const untouched = camera.status === "off" && microphone.status === "off";

  return (
    <section className="preview" aria-label={text.start.preview}>
      {camera.track && cameraOn ? (
        <Video track={camera.track} mirrored label={text.start.preview} testId="preview-video" />
      ) : (
        <div className="preview-blank">
          {trouble ? (
            <>
              <h2>{text.start.mediaTrouble[trouble].title}</h2>
              <p>{text.start.mediaTrouble[trouble].help}</p>
            </>
          ) : camera.status === "opening" ? (
            <p role="status">{text.start.opening}</p>
          ) : camera.error ? (
            <DeviceTrouble device="camera" error={camera.error} onRetry={() => setCamera(true)} />
          ) : (
            <>
              <h2>{untouched ? text.start.ready : text.start.cameraOff}</h2>
              <p>{untouched ? text.start.readyHelp : text.start.voiceOnly}</p>
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
              </div>
            </>
          )}
          <EngineTrouble />
          {microphone.error && (
            <DeviceTrouble device="microphone" error={microphone.error} onRetry={() => setMicrophone(true)} />
          )}
        </div>
      )}

      {microphoneOn && (
        <div className="preview-level">
          <LevelMeter read={() => call.level("self")} />
          <span>{microphone.track?.label || text.menu.microphone}</span>
        </div>
      )}
      {microphone.error && cameraOn && (
        <div className="preview-trouble">
          <DeviceTrouble device="microphone" error={microphone.error} onRetry={() => setMicrophone(true)} />
        </div>
      )}

      {(hasCamera || hasMicrophone) && !untouched && (
        <div className="preview-tools">
          {hasMicrophone && (
            <Control
              label={switchLabel(microphone, {
                turnOn: text.start.turnOnMicrophone,
                cancel: text.dock.cancelMicrophone,
                turnOff: text.start.turnOffMicrophone,
              })}
              tone={isWanted(microphone) ? "neutral" : "off"}
              opening={microphone.status === "opening"}
              icon={isWanted(microphone) ? <Mic size={20} /> : <MicOff size={20} />}
              onClick={() => setMicrophone(!isWanted(microphone))}
            />
          )}
          {hasCamera && (
            <Control
              label={switchLabel(camera, {
                turnOn: text.start.turnOnCamera,
                cancel: text.dock.cancelCamera,
                turnOff: text.start.turnOffCamera,
              })}
              tone={isWanted(camera) ? "neutral" : "off"}
              opening={camera.status === "opening"}
              icon={isWanted(camera) ? <VideoIcon size={20} /> : <VideoOff size={20} />}
              onClick={() => setCamera(!isWanted(camera))}
            />
          )}
          <Control label={text.settings.devices} icon={<SlidersVertical size={20} />} onClick={onDevices} />
        </div>
      )}
    </section>
  );
}
