import { FileUp, FolderUp } from "lucide-react";
import { Button } from "../../components/button";
import { Select } from "../../components/field";
import { shownName } from "../../i18n/shown-name";
import { useText } from "../../i18n/text";
import { useCall, useTransfers } from "../hooks/maru-context";

interface SendFormProps {
  /** Key of a participant; null: everyone. */
  recipient: string | null;
  onRecipient: (recipient: string | null) => void;
  /** The button takes the focus when the panel is opened. */
  autoFocus: boolean;
}

/** Chooses whom to send to, and opens the dialog for files or a folder. */
export function SendForm({ recipient, onRecipient, autoFocus }: SendFormProps) {
  const text = useText();
  const transfers = useTransfers();
  const participants = useCall((state) => state.participants);
  const able = participants.filter(({ files }) => files);
  const unable = participants.filter(({ files }) => !files);
  if (!transfers) return null;
  if (able.length === 0) {
    return (
      <div className="send send-nobody">
        <strong>{text.files.nobody}</strong>
        <p>{text.files.nobodyHelp}</p>
      </div>
    );
  }
  const selected = able.find(({ key }) => key === recipient) ?? (able.length === 1 ? able[0] : undefined);
  const to = (selected ? [selected] : able).map(({ id }) => id);
  const everyone = able.length > 1 ? [{ value: "", label: text.files.everyone(able.length) }] : [];
  return (
    <div className="send">
      <Select
        label={text.files.to}
        value={selected?.key ?? ""}
        options={[
          ...everyone,
          ...able.map(({ key, name }) => ({
            value: key,
            label: text.files.toOne(shownName(name, text)),
          })),
        ]}
        onChange={(value) => onRecipient(value === "" ? null : value)}
      />
      <div className="send-actions">
        <Button
          small
          look="primary"
          icon={<FileUp size={16} aria-hidden="true" />}
          {...(autoFocus ? { "data-autofocus": true } : {})}
          onClick={() => void transfers.pick("files", to)}
        >
          {text.files.sendFiles}
        </Button>
        {transfers.canSendFolders && (
          <Button
            small
            icon={<FolderUp size={16} aria-hidden="true" />}
            onClick={() => void transfers.pick("folder", to)}
          >
            {text.files.sendFolder}
          </Button>
        )}
      </div>
      {unable.length > 0 && (
        <p className="transfer-note">{text.files.unable(unable.map(({ name }) => shownName(name, text)))}</p>
      )}
    </div>
  );
}
