import { LoaderCircle, ServerOff } from "lucide-react";
import { Button } from "../../components/button";
import { useText } from "../../i18n/text";
import { useActions, useCall, useHost } from "../hooks/maru-context";
import { serverOf } from "../shared/server";
import { TechnicalDetails } from "../shared/technical-details";
import "./joining.css";

/** Progress of joining; if the server does not answer, what to try, and the way back. */
export function JoiningView({ onSettings }: { onSettings: () => void }) {
  const text = useText();
  const host = useHost();
  const { leave } = useActions();
  const room = useCall((state) => state.room);
  const signaling = useCall((state) => state.signaling);
  const unreachable = signaling.kind === "reconnecting";
  const full = useCall((state) => state.waitingForSeat) && !unreachable;
  return (
    <main className="joining">
      <div className="joining-mark" aria-hidden="true">
        {unreachable ? <ServerOff size={30} /> : <LoaderCircle size={34} className="spin" />}
      </div>
      <h1 tabIndex={-1}>
        {unreachable
          ? text.joining.unreachable
          : full
            ? text.joining.full(room ?? "")
            : text.joining.title(room ?? "")}
      </h1>
      <p role="status">
        {unreachable
          ? text.joining.unreachableHelp(serverOf(host).origin)
          : full
            ? text.joining.fullHelp
            : signaling.kind === "online"
              ? text.joining.waiting
              : text.joining.connecting}
      </p>
      {unreachable && (
        <div className="joining-more" data-testid="notice">
          <span>{text.joining.attempt(signaling.attempt)}</span>
          <TechnicalDetails detail={signaling.detail} />
        </div>
      )}
      <div className="joining-actions">
        <Button onClick={leave}>{text.common.cancel}</Button>
        {unreachable && host.kind === "desktop" && (
          <Button
            look="primary"
            onClick={() => {
              leave();
              onSettings();
            }}
          >
            {text.joining.changeServer}
          </Button>
        )}
      </div>
    </main>
  );
}
