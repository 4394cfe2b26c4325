import { useCallback, useEffect, useState } from "react";
import { ErrorBoundary } from "./components/error-boundary";
import { resolveLanguage } from "./i18n/language";
import { LanguageContext } from "./i18n/text";
import { Announcements } from "./views/announcements";
import { Crash } from "./views/crash";
import { type Maru, MaruContext, useCall, useHost, useSettings } from "./views/hooks/maru-context";
import { useCallWindow } from "./views/hooks/use-call-window";
import { useNotifications } from "./views/hooks/use-notifications";
import { usePhaseFocus } from "./views/hooks/use-phase-focus";
import { usePreferredLanguages } from "./views/hooks/use-preferred-languages";
import { useRememberedDevices } from "./views/hooks/use-remembered-devices";
import { JoiningView } from "./views/joining/joining-view";
import { latePart, whenIdle } from "./views/late-part";
import { usePlaceQuestions } from "./views/places/use-place-questions";
import { useVisitedRooms } from "./views/places/use-visited-rooms";
import { useNoDropNavigation } from "./views/shared/use-no-drop-navigation";
import { SheetNotLoaded } from "./views/sheet-not-loaded";
import type { SheetName } from "./views/sheets/app-sheets";
import { StartView } from "./views/start/start-view";
import { applyTheme } from "./views/theme";

/** Not needed by the start screen, which loads them while it is idle. */
const call = latePart(async () => (await import("./views/call/call-view")).CallView);
const sheets = latePart(async () => (await import("./views/sheets/app-sheets")).AppSheets);

export function App({ maru }: { maru: Maru }) {
  return (
    <MaruContext value={maru}>
      <Localised>
        <ErrorBoundary fallback={(error, again) => <Crash error={error} onAgain={again} />}>
          <Announcements>
            <Screens />
          </Announcements>
        </ErrorBoundary>
      </Localised>
    </MaruContext>
  );
}

/** Language and theme, from the settings and the system; both switch at once. */
export function Localised({ children }: { children: React.ReactNode }) {
  const settings = useSettings();
  const language = resolveLanguage(settings.language, usePreferredLanguages());
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => applyTheme(settings.theme), [settings.theme]);
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

/** The screen for each phase of the call, and what is open above it. */
export function Screens() {
  const host = useHost();
  const phase = useCall((state) => state.phase);
  const joined = useCall((state) => state.room);
  const [room, setRoom] = useState(() => host.initialRoom() ?? "");
  const [sheet, setSheet] = useState<SheetName | null>(null);
  const closeSheet = useCallback(() => setSheet(null), []);
  const CallView = call.usePart(phase === "joined");
  const shown = phase === "joined" && CallView === null ? "joining" : phase;
  const screen = usePhaseFocus(shown);
  const left = useVisitedRooms();
  const { question, joinElsewhere } = usePlaceQuestions(setRoom);
  useCallWindow();
  useNotifications();
  useRememberedDevices();
  useNoDropNavigation();

  useEffect(
    () =>
      whenIdle(() => {
        call.preload();
        sheets.preload();
      }),
    [],
  );
  useEffect(() => {
    if (phase === "joining") call.preload();
  }, [phase]);

  useEffect(() => {
    if (phase !== "joined" || joined === null) return;
    host.showRoom(joined);
    // After leaving, the form offers the room that was left.
    setRoom(joined);
  }, [host, phase, joined]);

  return (
    <div ref={screen} className="screen">
      {phase === "idle" && (
        <StartView room={room} left={left} onRoom={setRoom} onElsewhere={joinElsewhere} onSheet={setSheet} />
      )}
      {shown === "joining" && <JoiningView onSettings={() => setSheet("settings")} />}
      {CallView && <CallView sheet={sheet} onSheet={setSheet} />}
      {sheet !== null && (
        <ErrorBoundary
          fallback={(error, again) => <SheetNotLoaded error={error} onAgain={again} onClose={closeSheet} />}
        >
          <Sheets open={sheet} onClose={closeSheet} />
        </ErrorBoundary>
      )}
      {question}
    </div>
  );
}

function Sheets(props: { open: SheetName; onClose: () => void }) {
  const AppSheets = sheets.usePart(true);
  return AppSheets && <AppSheets {...props} />;
}
