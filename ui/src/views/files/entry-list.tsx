import { Check, CircleDashed, File, Folder, LoaderCircle, SkipForward, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { CallTransfer } from "../../call/call-transfer";
import { visibleName } from "../../call/risky-names";
import { Choice } from "../../components/field";
import { FileName } from "../../components/file-name";
import { VirtualList } from "../../components/virtual-list";
import type { TransferEntry } from "../../host/files";
import { byteProgress, byteSize } from "../../i18n/format-transfer";
import { shownName } from "../../i18n/shown-name";
import { useLanguage, useText } from "../../i18n/text";
import { useEntryPages, useFailedEntries } from "./use-entry-pages";

const ROW_HEIGHT = 44;
const MAX_ROWS = 6;
const NOTHING = () => undefined;

/** The files and folders of a transfer; first those that failed, if there are any. */
export function EntryList({ transfer }: { transfer: CallTransfer }) {
  const text = useText();
  const { files, folders, filesFailed } = transfer;
  const [which, setWhich] = useState<"failed" | "all">("failed");
  if (filesFailed === 0) return <AllEntries transfer={transfer} />;
  return (
    <div className="entries">
      <Choice
        label={text.files.entries.show}
        value={which}
        options={[
          { value: "failed", label: text.files.entries.failed(filesFailed) },
          { value: "all", label: text.files.entries.all(files + folders) },
        ]}
        onChange={setWhich}
      />
      {which === "failed" ? <FailedEntries transfer={transfer} /> : <AllEntries transfer={transfer} />}
    </div>
  );
}

function AllEntries({ transfer }: { transfer: CallTransfer }) {
  const text = useText();
  const { count, get, unavailable, onShow } = useEntryPages(transfer);
  if (unavailable) return <Unavailable />;
  return (
    <VirtualList
      label={text.files.entries.show}
      count={count}
      rowHeight={ROW_HEIGHT}
      maxRows={MAX_ROWS}
      onShow={onShow}
      row={(index) => <EntryRow entry={get(index)} transfer={transfer} />}
    />
  );
}

function FailedEntries({ transfer }: { transfer: CallTransfer }) {
  const text = useText();
  const failed = useFailedEntries(transfer);
  if (failed === null) return <Unavailable />;
  if (failed.length === 0) return <p className="transfer-note">{text.files.entries.searching}</p>;
  return (
    <VirtualList
      label={text.files.entries.failed(transfer.filesFailed)}
      count={failed.length}
      rowHeight={ROW_HEIGHT}
      maxRows={MAX_ROWS}
      onShow={NOTHING}
      row={(index) => <EntryRow entry={failed[index]} transfer={transfer} />}
    />
  );
}

function Unavailable() {
  const text = useText();
  return <p className="transfer-note">{text.files.entries.unavailable}</p>;
}

const ICONS = {
  waiting: CircleDashed,
  active: LoaderCircle,
  done: Check,
  failed: TriangleAlert,
  skipped: SkipForward,
};

function EntryRow({ entry, transfer }: { entry: TransferEntry | undefined; transfer: CallTransfer }) {
  const text = useText();
  const language = useLanguage();
  if (!entry) return <span className="entry entry-loading">{text.files.entries.loading}</span>;
  const { path, folder, size, state, code, transferred } = entry;
  const Icon = ICONS[state];
  const Kind = folder ? Folder : File;
  const visible = visibleName(path);
  const slash = visible.lastIndexOf("/");
  const name = visible.slice(slash + 1);
  const parents = visible.slice(0, Math.max(0, slash));
  const progress = byteProgress(language, transferred, size);
  const partner = shownName(transfer.name, text);
  const detail =
    state === "failed"
      ? code === "too-large"
        ? text.files.entries.tooLarge(transfer.direction, partner)
        : text.files.explain(code ?? "", transfer.direction, partner).title
      : state === "active"
        ? text.files.progress(progress.done, progress.total)
        : folder
          ? text.files.folder
          : [byteSize(language, size), ...(parents === "" ? [] : [parents])].join(" · ");
  return (
    <span className={`entry entry-${state}`}>
      <Kind size={16} className="entry-kind" aria-hidden="true" />
      <span className="entry-text">
        <FileName name={name} />
        <small title={parents}>{detail}</small>
      </span>
      <Icon
        size={16}
        role="img"
        aria-label={text.files.entries.states[state]}
        className={state === "active" ? "spin" : ""}
      />
    </span>
  );
}
