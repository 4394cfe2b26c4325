import type { OpenedRoom } from "../../host/types";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/maru-context";
import { Question } from "./question";

interface LeaveQuestionProps {
  /** What is opened after the call; null: Back was pressed. */
  opened: OpenedRoom | null;
  onLeave: () => void;
  onStay: () => void;
}

/** Whether to leave the call. */
export function LeaveQuestion({ opened, onLeave, onStay }: LeaveQuestionProps) {
  const text = useText();
  const current = useCall((state) => state.room) ?? "";
  const { leave } = text.places;
  const body = () => {
    if (opened?.room) return leave.other(current, opened.room);
    if (opened?.server) return leave.otherServer(current, new URL(opened.server).host);
    return leave.body;
  };
  return (
    <Question
      title={leave.title}
      yes={leave.leave}
      look="danger"
      no={leave.stay}
      onYes={onLeave}
      onNo={onStay}
    >
      <p>{body()}</p>
    </Question>
  );
}
