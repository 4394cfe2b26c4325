import type { ReactNode } from "react";
import type { CallTransfer } from "../../call/call-transfer";
import { FileName } from "../../components/file-name";
import { byteSize } from "../../i18n/format-transfer";
import { shownName } from "../../i18n/shown-name";
import { useLanguage, useText } from "../../i18n/text";
import { TransferPicture } from "../shared/transfer-picture";
import { titleOf } from "../shared/transfer-title";

interface TransferHeadingProps {
  transfer: CallTransfer;
  id?: string;
  /** In front of the name. */
  lead?: string;
  /** Buttons at the end. */
  children?: ReactNode;
}

/** What is sent, between whom, how many and how large. */
export function TransferHeading({ transfer, id, lead, children }: TransferHeadingProps) {
  const text = useText();
  const language = useLanguage();
  const title = titleOf(text, transfer);
  const { direction, files, folders, bytes, state } = transfer;
  const name = shownName(transfer.name, text);
  const many = files + folders > 1 || title.folder;
  return (
    <div className="transfer-head">
      <TransferPicture transfer={transfer} folder={title.folder} />
      <div className="transfer-what">
        <h4 id={id}>
          {lead && <span className="transfer-lead">{lead}</span>}
          <span className="transfer-title">
            <FileName name={title.name} />
            {title.more && <span> {title.more}</span>}
          </span>
        </h4>
        {!lead && many && (
          <p className="transfer-meta">
            <span>{text.files.fromTo(direction, name)}</span>
          </p>
        )}
        <p className="transfer-meta">
          {!lead && !many && <span>{text.files.fromTo(direction, name)}</span>}
          {many && <span>{text.files.count(files, folders)}</span>}
          {state !== "preparing" && <span>{byteSize(language, bytes)}</span>}
        </p>
      </div>
      {children && <div className="transfer-controls">{children}</div>}
    </div>
  );
}
