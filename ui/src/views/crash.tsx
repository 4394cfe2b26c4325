import { TriangleAlert } from "lucide-react";
import { Button } from "../components/button";
import { useText } from "../i18n/text";
import { errorDetail } from "./error-detail";
import { NotLoaded } from "./late-part";
import { TechnicalDetails } from "./shared/technical-details";
import "./joining/joining.css";

/** Fallback for a rendering error. The call itself may still be running. */
export function Crash({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const text = useText();
  const { title, help } = error instanceof NotLoaded ? text.crash.notLoaded : text.crash;
  return (
    <main className="joining">
      <div className="joining-mark" aria-hidden="true">
        <TriangleAlert size={30} />
      </div>
      <h1>{title}</h1>
      <p role="alert">{help}</p>
      <div className="crash-detail">
        <TechnicalDetails detail={errorDetail(error)} />
      </div>
      <div className="joining-actions">
        <Button onClick={() => location.reload()}>{text.crash.reload}</Button>
        <Button look="primary" onClick={onAgain}>
          {text.crash.again}
        </Button>
      </div>
    </main>
  );
}
