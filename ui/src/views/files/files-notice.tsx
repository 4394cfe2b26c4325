import { Note } from "../../components/note";
import { useText } from "../../i18n/text";
import { useTransfers, useTransfersState } from "../hooks/maru-context";
import { TechnicalDetails } from "../shared/technical-details";

/** What the host could not do for the person: open a dialog, offer what was dropped, accept. */
export function FilesNotice() {
  const text = useText();
  const transfers = useTransfers();
  const failure = useTransfersState((state) => state.failure);
  if (!transfers || !failure) return null;
  const { title, help } = text.files.failures[failure.action];
  return (
    <Note
      tone="warning"
      title={title}
      help={help}
      dismissLabel={text.common.dismiss}
      onDismiss={transfers.dismissFailure}
    >
      <TechnicalDetails detail={failure.detail} />
    </Note>
  );
}
