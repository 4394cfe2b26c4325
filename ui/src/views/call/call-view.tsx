import { useEffect, useReducer, useRef, useState } from "react";
import { isOfferToUs } from "../../call/call-transfer";
import { isOnOrOpening } from "../../call/types";
import { useAnnounce } from "../../components/announcer";
import { useText } from "../../i18n/text";
import { DropOverlay } from "../files/drop-overlay";
import { recipientsOf } from "../files/drop-target";
import { FilesPanel } from "../files/files-panel";
import { OfferQueue } from "../files/offer-queue";
import { useDrop } from "../files/use-drop";
import { useTransferAnnouncements } from "../files/use-transfer-announcements";
import { useCall, useMaru, useSettings, useTransfersState } from "../hooks/maru-context";
import { useCopy } from "../hooks/use-copy";
import { useElapsed } from "../hooks/use-elapsed";
import { toggleFullScreen } from "../hooks/use-full-screen";
import { useIdle } from "../hooks/use-idle";
import { NARROW, useMediaQuery } from "../hooks/use-media-query";
import { ChatPanel } from "../panels/chat-panel";
import { PeoplePanel } from "../panels/people-panel";
import { Notices } from "../shared/notices";
import { titleOf, titleText } from "../shared/transfer-title";
import type { SheetName } from "../sheets/app-sheets";
import { StatisticsPanel } from "../statistics/statistics-panel";
import { Banners } from "./banners";
import { Dock } from "./dock";
import type { DockMenu } from "./dock-props";
import { NoMediaCard } from "./no-media-card";
import { ReactionsLayer } from "./reactions-layer";
import { INITIAL_STAGE, spotlightOf, stageItems, stageReducer } from "./stage";
import { Stage } from "./stage-view";
import { TopBar } from "./top-bar";
import { type InitialPanels, type PanelName, usePanels } from "./use-panels";
import { usePushToTalk } from "./use-push-to-talk";
import { useShortcuts } from "./use-shortcuts";
import "./call.css";

/** The dock fades after this long without a pointer moving, in milliseconds. */
const IDLE_MS = 4000;
/** Controls never fade before: a person who is new to them is still looking for the microphone. Milliseconds. */
const FADE_AFTER_MS = 60_000;

interface CallViewProps {
  sheet: SheetName | null;
  onSheet: (sheet: SheetName | null) => void;
  /** For the gallery, which shows a call with something open. */
  initial?: InitialPanels & { menu?: DockMenu; speaker?: boolean };
}

export function CallView({ sheet, onSheet, initial = {} }: CallViewProps) {
  const text = useText();
  const { call, host, transfers } = useMaru();
  const participants = useCall((state) => state.participants);
  const activeSpeaker = useCall((state) => state.activeSpeaker);
  const engine = useCall((state) => state.engine.kind);
  const { hideSelf } = useSettings();
  const panels = usePanels(initial);
  const [menu, setMenu] = useState<DockMenu | null>(initial.menu ?? null);
  const [stage, dispatch] = useReducer(stageReducer, {
    ...INITIAL_STAGE,
    mode: initial.speaker ? "speaker" : "auto",
  });
  const offered = useTransfersState((state) => state.transfers.some(isOfferToUs));
  const narrow = useMediaQuery(NARROW);
  const idle = useIdle(IDLE_MS);
  const settled = useElapsed(FADE_AFTER_MS);
  const main = useRef<HTMLDivElement>(null);

  const items = stageItems(participants, hideSelf);
  const itemKeys = items.map(({ key }) => key).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `items` is new at every render; only its keys matter.
  useEffect(() => {
    dispatch({ type: "update", items, activeSpeaker });
  }, [itemKeys, activeSpeaker]);
  const spotlight = spotlightOf(stage, items);

  /** Key of the participant whom files are sent to; null: everyone. */
  const [recipient, setRecipient] = useState<string | null>(null);
  const sendTo = (key: string) => {
    setRecipient(key);
    showPanel("files");
  };
  useTransferAnnouncements();
  const announce = useAnnounce();
  const dropTarget = useDrop((target, { items }) => {
    if (recipientsOf(target).length === 0) return;
    const names = items.map(({ size, ...item }) => ({ ...item, size: size ?? 0 }));
    const what = titleOf(text, { names, files: items.length, folders: 0 });
    announce(text.files.announce.dropped(titleText(what)));
    // In a narrow window the panel would cover the call.
    if (!narrow) showPanel("files");
  });

  const link = useCopy();
  const copyLink = () => {
    const { room } = call.getState();
    if (room !== null) link.copy(host.roomLink(room));
  };
  const toggleSpotlight = () => dispatch({ type: "toggle-spotlight", spotlighted: spotlight !== null });
  const toggleScreenFull = () => {
    const screen = document.querySelector<HTMLElement>("[data-zoom]");
    if (screen) toggleFullScreen(screen);
  };
  const showPanel = (panel: PanelName | null) => {
    setMenu(null);
    panels.show(panel);
  };
  const togglePanel = (panel: PanelName) => showPanel(panels.visible === panel ? null : panel);
  const closeStatistics = () => panels.showStatistics(null);
  const closePanel = () => panels.show(null);
  const toggleDevice = (source: "microphone" | "camera" | "screen", set: (on: boolean) => void) => {
    const { self, engine } = call.getState();
    if (engine.capabilities[source]) set(!isOnOrOpening(self[source]));
  };
  useShortcuts({
    microphone: () => toggleDevice("microphone", call.setMicrophone),
    camera: () => toggleDevice("camera", call.setCamera),
    share: () => toggleDevice("screen", call.setScreen),
    chat: () => togglePanel("chat"),
    people: () => togglePanel("people"),
    files: () => transfers && togglePanel("files"),
    hand: () => call.setHand(!call.getState().self.state.hand),
    reactions: () => setMenu(menu === "reactions" ? null : "reactions"),
    view: toggleSpotlight,
    fullScreen: toggleScreenFull,
    help: () => onSheet("shortcuts"),
    close: () => (menu !== null ? setMenu(null) : panels.statistics ? closeStatistics() : closePanel()),
  });

  usePushToTalk();

  const panelOpen = panels.open !== null || panels.statistics !== null;
  return (
    <div className={`call ${panelOpen ? "call-with-panel" : ""}`}>
      <div ref={main} className="call-main">
        <div className="call-stage" inert={narrow && panelOpen}>
          <TopBar spotlighted={spotlight !== null} onToggleSpotlight={toggleSpotlight} />
          <Banners link={link} />
          {engine === "none" && <NoMediaCard />}
          <main className="stage-area" aria-label={text.call.stage}>
            <Notices />
            <Stage
              items={items}
              spotlight={spotlight}
              stage={stage}
              dispatch={dispatch}
              onStatistics={panels.showStatistics}
              onSendFiles={transfers ? sendTo : null}
            />
          </main>
          <ReactionsLayer />
          {panels.visible !== "files" && (
            <OfferQueue fallback={() => main.current?.querySelector<HTMLElement>(".dock button")} />
          )}
        </div>
        <Dock
          panel={panels.visible}
          menu={menu}
          onPanel={showPanel}
          onMenu={setMenu}
          onSheet={onSheet}
          onToggleSpotlight={toggleSpotlight}
          onCopyLink={copyLink}
          spotlighted={spotlight !== null}
          faded={
            idle &&
            settled &&
            participants.length > 0 &&
            !panelOpen &&
            menu === null &&
            sheet === null &&
            !offered
          }
        />
      </div>
      {panels.open === "chat" && <ChatPanel hidden={panels.visible === null} onClose={closePanel} />}
      {panels.open === "people" && (
        <PeoplePanel
          hidden={panels.visible === null}
          onClose={closePanel}
          onStatistics={panels.showStatistics}
          onSendFiles={transfers ? sendTo : null}
        />
      )}
      {panels.open === "files" && (
        <FilesPanel
          hidden={panels.visible === null}
          recipient={recipient}
          onRecipient={setRecipient}
          onClose={closePanel}
          {...(initial.expanded ? { expanded: initial.expanded } : {})}
        />
      )}
      {panels.statistics && (
        <StatisticsPanel
          key={panels.statistics.key}
          participant={panels.statistics}
          onClose={closeStatistics}
        />
      )}
      <DropOverlay target={dropTarget} />
      <span className="hidden-text" role="status">
        {link.refused !== null ? text.call.linkNotCopied : link.copied ? text.call.linkCopied : ""}
      </span>
    </div>
  );
}
