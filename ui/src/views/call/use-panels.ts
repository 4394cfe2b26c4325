import { useCallback, useEffect, useState } from "react";
import type { RemoteParticipant } from "../../call/types";
import { useActions, useCall } from "../hooks/maru-context";
import { useLooking } from "../hooks/use-looking";

export type PanelName = "chat" | "people" | "files";

export interface InitialPanels {
  panel?: PanelName;
  /** Key of the participant whose statistics are open. */
  statistics?: string;
  /** Keys of transfers whose list of files is open. */
  expanded?: readonly string[];
}

export interface Panels {
  /** Open; hidden behind the statistics while those are open, so that it keeps its state. */
  open: PanelName | null;
  visible: PanelName | null;
  /** The participant whose link statistics are open, in the place of the panel they were opened from. */
  statistics: RemoteParticipant | null;
  show: (panel: PanelName | null) => void;
  /** By participant key; null closes them. */
  showStatistics: (key: string | null) => void;
}

/** The panel beside the stage. */
export function usePanels(initial: InitialPanels): Panels {
  const { setChatVisible } = useActions();
  const [open, setOpen] = useState<PanelName | null>(initial.panel ?? null);
  const [statisticsKey, setStatisticsKey] = useState<string | null>(initial.statistics ?? null);
  const statistics = useCall((state) => state.participants.find(({ key }) => key === statisticsKey) ?? null);
  const visible = statistics ? null : open;
  const show = useCallback((panel: PanelName | null) => {
    setStatisticsKey(null);
    setOpen(panel);
  }, []);
  // Behind another window a message is not read, also if the chat is open.
  const looking = useLooking();
  useEffect(() => {
    setChatVisible(visible === "chat" && looking);
  }, [setChatVisible, visible, looking]);
  return { open, visible, statistics, show, showStatistics: setStatisticsKey };
}
