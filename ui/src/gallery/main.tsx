/**
 * Development only: every screen in every state, without a server or a camera.
 * `gallery.html#<scene>?lang=ko&theme=dark` shows one, `gallery.html` lists them.
 */
import "../styles/index.css";
import "../styles/fonts.css";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { Localised } from "../app";
import { Transfers } from "../call/transfers";
import type { Settings } from "../host/types";
import { Announcements } from "../views/announcements";
import { CallView } from "../views/call/call-view";
import { Crash } from "../views/crash";
import { MaruContext } from "../views/hooks/maru-context";
import { JoiningView } from "../views/joining/joining-view";
import { LeaveQuestion } from "../views/places/leave-question";
import { ServerQuestion } from "../views/places/server-question";
import { AppSheets, type SheetName } from "../views/sheets/app-sheets";
import { StartView } from "../views/start/start-view";
import { fakeFiles } from "./fake-files";
import { fakeCall, fakeHost } from "./fakes";
import { SCENES, type Scene } from "./scenes";

const NOTHING = () => undefined;

function Screen({ scene }: { scene: Scene }) {
  const [sheet, setSheet] = useState<SheetName | null>(scene.sheet ?? null);
  const [room, setRoom] = useState(scene.room ?? "");
  const { phase } = scene.state;
  return (
    <Announcements>
      {scene.crash && (
        <Crash error={new Error("Cannot read properties of undefined (reading 'track')")} onAgain={NOTHING} />
      )}
      {!scene.crash && phase === "idle" && (
        <StartView
          room={room}
          left={scene.left ?? null}
          onRoom={setRoom}
          onElsewhere={NOTHING}
          onSheet={setSheet}
        />
      )}
      {scene.question && <ServerQuestion {...scene.question} joins onYes={NOTHING} onNo={NOTHING} />}
      {scene.leaving && <LeaveQuestion opened={null} onLeave={NOTHING} onStay={NOTHING} />}
      {phase === "joining" && <JoiningView onSettings={() => setSheet("settings")} />}
      {phase === "joined" && <CallView sheet={sheet} onSheet={setSheet} initial={scene.open ?? {}} />}
      <AppSheets open={sheet} onClose={() => setSheet(null)} />
    </Announcements>
  );
}

function Index() {
  return (
    <main style={{ padding: 40 }}>
      <h1>gallery</h1>
      <ul>
        {Object.keys(SCENES).map((name) => (
          <li key={name}>
            <a href={`#${name}?lang=ko&theme=dark`}>{name}</a>
          </li>
        ))}
      </ul>
    </main>
  );
}

const [name = "", query = ""] = location.hash.slice(1).split("?");
const options = new URLSearchParams(query);
const scene = SCENES[name];
window.addEventListener("hashchange", () => location.reload());

const root = createRoot(document.getElementById("root") ?? document.body);
if (scene) {
  const settings: Partial<Settings> = {
    language: options.get("lang") === "en" ? "en" : "ko",
    theme: options.get("theme") === "light" ? "light" : "dark",
    ...scene.settings,
  };
  const call = fakeCall(scene.state, scene.samples);
  const files = scene.files && fakeFiles(scene.files);
  const host = fakeHost(scene.host, settings, null, files);
  const maru = { call, host, transfers: files ? new Transfers(files, call) : null };
  root.render(
    <MaruContext value={maru}>
      <Localised>
        <Screen scene={scene} />
      </Localised>
    </MaruContext>,
  );
} else {
  root.render(<Index />);
}
