import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { isWanted } from "../../call/types";
import { useText } from "../../i18n/text";
import type { SheetName } from "../app-sheets";
import { useActions, useCall, useMaru } from "../hooks/context";
import { useCopy } from "../hooks/use-copy";
import { useIdle } from "../hooks/use-idle";
import { NARROW, useMediaQuery } from "../hooks/use-media-query";
import { Notices } from "../notices";
import { ChatPanel } from "../panels/chat-panel";
import { PeoplePanel } from "../panels/people-panel";
import { StatisticsPanel } from "../statistics/statistics-panel";
import { Banners } from "./banners";
import { Dock, type DockMenu } from "./dock";
import { NoMediaCard } from "./no-media-card";
import { ReactionsLayer } from "./reactions-layer";
import { isTyping, shortcutOf } from "./shortcuts";
import { INITIAL_STAGE, spotlightOf, stageItems, stageReducer } from "./stage";
import { Stage } from "./stage-view";
import { TopBar } from "./top-bar";
import "./call.css";

export type PanelName = "chat" | "people";

const IDLE_MS = 4000;

interface CallViewProps {
  sheet: SheetName | null;
  onSheet: (sheet: SheetName | null) => void;
  /** For the gallery, which shows a call with something open. */
  initial?: { panel?: PanelName; connection?: string; menu?: DockMenu; speaker?: boolean };
}

export function CallView({ sheet, onSheet, initial = {} }: CallViewProps) {
  const text = useText();
  const { call, host } = useMaru();
  const actions = useActions();
  const participants = useCall((state) => state.participants);
  const activeSpeaker = useCall((state) => state.activeSpeaker);
  const engine = useCall((state) => state.engine.kind);
  const [panel, setPanel] = useState<PanelName | null>(initial.panel ?? null);
  /** Whose figures are shown, in the place of the panel they were opened from. */
  const [connection, setConnection] = useState<string | null>(initial.connection ?? null);
  /** What is being written, for as long as the call is shown: the panel comes and goes. */
  const draft = useRef("");
  const [menu, setMenu] = useState<DockMenu | null>(initial.menu ?? null);
  const [stage, dispatch] = useReducer(stageReducer, {
    ...INITIAL_STAGE,
    mode: initial.speaker ? "speaker" : "auto",
  });
  const narrow = useMediaQuery(NARROW);
  const idle = useIdle(IDLE_MS);

  const items = stageItems(participants);
  const signature = items.map((item) => item.key).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `items` is new at every render; its keys are what counts.
  useEffect(() => {
    dispatch({ type: "roster", items, speaker: activeSpeaker });
  }, [signature, activeSpeaker]);
  const spotlight = spotlightOf(stage, items);

  const person = participants.find(({ id }) => id === connection);
  const shown = person ? null : panel;
  const showPanel = useCallback((name: PanelName | null) => {
    setMenu(null);
    setConnection(null);
    setPanel(name);
  }, []);
  useEffect(() => {
    actions.setChatVisible(shown === "chat");
  }, [actions, shown]);

  const link = useCopy();
  const copyLink = () => {
    const { room } = call.getState();
    if (room !== null) link.copy(host.roomLink(room));
  };

  const toggleView = () => dispatch({ type: "toggle", spotlighted: spotlight !== null });
  const keys = useRef<(event: KeyboardEvent) => void>(() => undefined);
  useEffect(() => {
    keys.current = (event) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const shortcut = shortcutOf(event, isTyping(event.target));
      if (shortcut === null) return;
      const { self, engine: now } = call.getState();
      const run: Record<NonNullable<typeof shortcut>, () => void> = {
        microphone: () => now.capabilities.microphone && actions.setMicrophone(!isWanted(self.microphone)),
        camera: () => now.capabilities.camera && actions.setCamera(!isWanted(self.camera)),
        share: () => now.capabilities.screen && actions.setScreen(!isWanted(self.screen)),
        chat: () => showPanel(shown === "chat" ? null : "chat"),
        people: () => showPanel(shown === "people" ? null : "people"),
        hand: () => actions.setHand(!self.state.hand),
        reactions: () => setMenu(menu === "reactions" ? null : "reactions"),
        view: toggleView,
        help: () => onSheet("shortcuts"),
        close: () => (menu !== null ? setMenu(null) : person ? setConnection(null) : setPanel(null)),
      };
      // The letter must not land in the text field that it opens.
      event.preventDefault();
      run[shortcut]();
    };
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => keys.current(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);

  const open = panel !== null || person !== undefined;
  const covered = narrow && open;
  const closePanel = () => setPanel(null);
  return (
    <div className={`call ${open ? "call-with-panel" : ""}`}>
      <div className="call-main">
        <div className="call-stage" inert={covered}>
          <TopBar spotlighted={spotlight !== null} onToggleView={toggleView} />
          <Banners link={link} />
          {engine === "none" && <NoMediaCard />}
          <main className="stage-area" aria-label={text.call.stage}>
            <Notices />
            <Stage
              items={items}
              spotlight={spotlight}
              view={stage}
              dispatch={dispatch}
              onConnection={setConnection}
            />
          </main>
          <ReactionsLayer />
        </div>
        <Dock
          panel={shown}
          menu={menu}
          onPanel={showPanel}
          onMenu={setMenu}
          onSheet={onSheet}
          onToggleView={toggleView}
          onCopyLink={copyLink}
          spotlighted={spotlight !== null}
          faded={idle && !open && menu === null && sheet === null}
        />
      </div>
      {panel === "chat" && <ChatPanel hidden={shown === null} draft={draft} onClose={closePanel} />}
      {panel === "people" && (
        <PeoplePanel hidden={shown === null} onClose={closePanel} onConnection={setConnection} />
      )}
      {person && <StatisticsPanel key={person.id} person={person} onClose={() => setConnection(null)} />}
      <span className="hidden-text" role="status">
        {link.refused !== null ? text.call.linkNotCopied : link.copied ? text.call.linkCopied : ""}
      </span>
    </div>
  );
}
