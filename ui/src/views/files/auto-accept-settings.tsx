import { AUTO_ACCEPT_SIZES } from "../../call/auto-accept";
import { Select } from "../../components/field";
import { byteSize } from "../../i18n/format-transfer";
import { shownName } from "../../i18n/shown-name";
import { useLanguage, useText } from "../../i18n/text";
import { useCall, useTransfers, useTransfersState } from "../hooks/maru-context";

/** From whom small files are accepted without a question, in this call. */
export function AutoAcceptSettings() {
  const text = useText();
  const language = useLanguage();
  const transfers = useTransfers();
  const participants = useCall((state) => state.participants);
  const rules = useTransfersState((state) => state.autoAccept);
  const able = participants.filter(({ files }) => files);
  if (!transfers || able.length === 0) return null;
  return (
    <details className="auto-accept">
      <summary>{text.files.autoAccept.title}</summary>
      {able.map(({ key, name }) => (
        <Select
          key={key}
          label={text.files.autoAccept.from(shownName(name, text))}
          value={String(rules.find(({ participant }) => participant === key)?.maxBytes ?? "")}
          options={[
            { value: "", label: text.files.autoAccept.off },
            ...AUTO_ACCEPT_SIZES.map((bytes) => ({
              value: String(bytes),
              label: text.files.autoAccept.upTo(byteSize(language, bytes)),
            })),
          ]}
          onChange={(value) => transfers.setAutoAccept(key, value === "" ? null : Number(value))}
        />
      ))}
      <p className="transfer-note">{text.files.autoAccept.note}</p>
    </details>
  );
}
