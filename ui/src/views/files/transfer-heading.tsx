import type { ReactNode, Ref } from "react";
import type { CallTransfer } from "../../call/call-transfer";
import { FileName } from "../../components/file-name";
import { byteSize } from "../../i18n/format-transfer";
import { useLanguage, useText } from "../../i18n/text";
import { TransferIcon } from "./transfer-icon";
import { titleOf } from "./transfer-title";

interface TransferHeadingProps {
  transfer: CallTransfer;
  id?: string;
  ref?: Ref<HTMLHeadingElement>;
  /** In front of the name. */
  lead?: string;
  /** Takes the focus when its panel is opened. */
  autoFocus?: boolean;
  /** Buttons at the end. */
  children?: ReactNode;
}

/** What is sent, between whom, how many and how large. */
export function TransferHeading({
  transfer,
  id,
  ref,
  lead,
  autoFocus = false,
  children,
}: TransferHeadingProps) {
  const text = useText();
  const language = useLanguage();
  const title = titleOf(text, transfer);
  const { direction, files, folders, bytes, state } = transfer;
  const name = transfer.name || text.common.guest;
  return (
    <div className="transfer-head">
      <TransferIcon transfer={transfer} folder={title.folder} />
      <div className="transfer-what">
        <h4 ref={ref} id={id} tabIndex={-1} {...(autoFocus ? { "data-autofocus": true } : {})}>
          {lead && <span className="transfer-lead">{lead}</span>}
          <span className="transfer-title">
            <FileName name={title.name} />
            {title.more && <span> {title.more}</span>}
          </span>
        </h4>
        <p className="transfer-meta">
          {!lead && <span>{text.files.fromTo(direction, name)}</span>}
          {(files + folders > 1 || title.folder) && <span>{text.files.count(files, folders)}</span>}
          {state !== "preparing" && <span>{byteSize(language, bytes)}</span>}
        </p>
      </div>
      {children && <div className="transfer-controls">{children}</div>}
    </div>
  );
}
