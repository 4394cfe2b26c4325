import { Button } from "../components/button";
import { resolveLanguage } from "../i18n/language";
import { TEXTS } from "../i18n/text";
import { errorDetail } from "./error-detail";
import "./joining/joining.css";

/** Shown if starting failed: without a host and a call, which do not exist yet. */
export function StartFailed({ error }: { error: Error }) {
  const text = TEXTS[resolveLanguage("system", navigator.languages)];
  return (
    <main className="joining">
      <h1>{text.crash.title}</h1>
      <code className="crash-detail">{errorDetail(error)}</code>
      <div className="joining-actions">
        <Button look="primary" onClick={() => location.reload()}>
          {text.crash.reload}
        </Button>
      </div>
    </main>
  );
}
