import { Folder } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "../../components/button";
import { useText } from "../../i18n/text";
import { useHost, useSettings } from "../hooks/maru-context";

/** Where received files are saved. Nothing where the host has no dialog for it. */
export function DownloadFolder() {
  const text = useText();
  const { settings } = useHost();
  const { downloadFolder } = useSettings();
  const [failed, setFailed] = useState(false);
  const choose = useRef<HTMLButtonElement>(null);
  const asking = useRef(false);
  const id = useId();
  if (!settings.chooseDownloadFolder) return null;
  const onChoose = async () => {
    // A second dialog would be of no use.
    if (asking.current) return;
    asking.current = true;
    setFailed(false);
    try {
      await settings.chooseDownloadFolder?.();
    } catch (error) {
      console.warn("download folder not saved", error);
      setFailed(true);
    } finally {
      asking.current = false;
    }
  };
  const onReset = () => {
    // Before the button with the focus is gone.
    choose.current?.focus();
    setFailed(false);
    settings.set({ downloadFolder: null });
  };
  return (
    <section aria-label={text.settings.files}>
      <h3>{text.settings.files}</h3>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot be styled as the label of a field. */}
      <div className="field" role="group" aria-labelledby={`${id}-label`} aria-describedby={`${id}-hint`}>
        <span className="field-label" id={`${id}-label`}>
          {text.settings.downloadFolder}
        </span>
        <div className="field-box folder-box">
          <Folder size={18} aria-hidden="true" />
          {downloadFolder === null ? (
            <span className="folder-system">{text.settings.systemDownloads}</span>
          ) : (
            <bdi className="folder-name" title={downloadFolder}>
              {folderName(downloadFolder)}
            </bdi>
          )}
          {downloadFolder !== null && (
            <Button small look="plain" onClick={onReset}>
              {text.settings.resetFolder}
            </Button>
          )}
          <Button small ref={choose} onClick={onChoose}>
            {text.settings.chooseFolder}
          </Button>
        </div>
        <p
          id={`${id}-hint`}
          className={`field-hint ${failed ? "field-hint-invalid" : ""}`}
          aria-live="polite"
        >
          {failed
            ? text.settings.downloadFolderFailed
            : downloadFolder === null
              ? text.settings.systemDownloadsHelp
              : text.settings.downloadFolderHelp}
        </p>
      </div>
    </section>
  );
}

/** The last name in an absolute path; of a root the path. Windows separates with backslashes, which others allow in names. */
function folderName(path: string): string {
  const names = path.split(path.startsWith("/") ? "/" : /[\\/]/);
  return names.findLast((name) => name !== "") ?? path;
}
