import { Mic, MicOff, SlidersVertical, Video as VideoIcon, VideoOff } from "lucide-react";
import { Button } from "../../components/button";
import { Control } from "../../components/control";
import { LevelMeter } from "../../components/level-meter";
import { Video } from "../../components/video";
import { useText } from "../../i18n/text";
import { useActions, useCall, useMaru } from "../hooks/context";
import { DeviceTrouble } from "./device-trouble";
import { EngineTrouble } from "./engine-trouble";

/** What the others will see and hear, before they do. Nothing opens until its button is pressed. */
export function Preview({ onDevices }: { onDevices: () => void }) {
  const text = useText();
  const { call } = useMaru();
  const camera = useCall((state) => state.self.camera);
  const microphone = useCall((state) => state.self.microphone);
  const { microphone: hasMicrophone, camera: hasCamera } = useCall((state) => state.engine.capabilities);
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
          {!hasCamera && !hasMicrophone ? (
            <>
              <h2>{text.start.noMedia}</h2>
              <p>{text.start.noMediaHelp}</p>
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
              label={microphoneOn ? text.start.turnOffMicrophone : text.start.turnOnMicrophone}
              tone={microphoneOn || microphone.status === "opening" ? "neutral" : "off"}
              aria-busy={microphone.status === "opening"}
              icon={microphoneOn ? <Mic size={20} /> : <MicOff size={20} />}
              onClick={() => setMicrophone(!microphoneOn)}
            />
          )}
          {hasCamera && (
            <Control
              label={cameraOn ? text.start.turnOffCamera : text.start.turnOnCamera}
              tone={cameraOn || camera.status === "opening" ? "neutral" : "off"}
              aria-busy={camera.status === "opening"}
              icon={cameraOn ? <VideoIcon size={20} /> : <VideoOff size={20} />}
              onClick={() => setCamera(!cameraOn)}
            />
          )}
          <Control label={text.settings.devices} icon={<SlidersVertical size={20} />} onClick={onDevices} />
        </div>
      )}
    </section>
  );
}
