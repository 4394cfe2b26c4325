import type { CallTransfer } from "../../call/call-transfer";
import { visibleName } from "../../call/risky-names";
import type { Text } from "../../i18n/text";

export interface TransferTitle {
  /** The first file or folder. */
  name: string;
  /** "and 3 more"; empty if it is the only one. */
  more: string;
  /** The one file or folder is a folder. */
  folder: boolean;
}

/** What a transfer is called: the first of the selected files and folders, and how many more there are. */
export function titleOf(
  text: Text,
  { names, files, folders }: Pick<CallTransfer, "names" | "files" | "folders">,
): TransferTitle {
  const selected = new Map<string, boolean>();
  for (const { name, folder } of names) {
    const [top = "", ...below] = name.split("/");
    if (!selected.has(top)) selected.set(top, folder || below.length > 0);
  }
  const [first] = selected;
  if (!first) return { name: text.files.unnamed, more: "", folder: false };
  const [name, folder] = first;
  // The offer has only the first entries: how many others were selected is known only if those are all.
  const complete = names.length >= files + folders;
  const others = selected.size - 1;
  return {
    name: visibleName(name),
    more: others === 0 ? "" : complete ? text.files.more(others) : text.files.manyMore,
    folder: folder && others === 0,
  };
}

/** On one line, for accessible names. */
export function titleText({ name, more }: TransferTitle): string {
  return more === "" ? name : `${name} ${more}`;
}
