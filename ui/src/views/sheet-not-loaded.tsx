import { Button } from "../components/button";
import { Sheet } from "../components/sheet";
import { useText } from "../i18n/text";
import { errorDetail } from "./error-detail";
import { NotLoaded } from "./late-part";
import { TechnicalDetails } from "./shared/technical-details";

interface SheetNotLoadedProps {
  error: Error;
  onAgain: () => void;
  onClose: () => void;
}

/** In place of a sheet that could not be shown. The screen behind it stays as it is, and so does a call. */
export function SheetNotLoaded({ error, onAgain, onClose }: SheetNotLoadedProps) {
  const text = useText();
  const { title, help } = error instanceof NotLoaded ? text.crash.notLoaded : text.crash;
  return (
    <Sheet title={title} closeLabel={text.common.close} onClose={onClose}>
      <p role="alert">{help}</p>
      <TechnicalDetails detail={errorDetail(error)} />
      <div className="joining-actions">
        <Button onClick={() => location.reload()}>{text.crash.reload}</Button>
        <Button look="primary" onClick={onAgain}>
          {text.common.retry}
        </Button>
      </div>
    </Sheet>
  );
}
