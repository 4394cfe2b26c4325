/** A file that the person selected, or a folder. */
export interface SelectedFile {
  /** Relative, with `/` between components. */
  path: string;
  /** Null: a folder. */
  file: File | null;
  /** Of a top-level file or folder, where the browser gives one: with it, an answer to a question replaces a dialog. */
  handle?: FileSystemHandle;
}
