/** A file that the person selected, or a folder. */
export interface SelectedFile {
  /** Relative, with `/` between components. */
  path: string;
  /** Null: a folder. */
  file: File | null;
}
