/** What happened, and what to do about it. */
export interface Explanation {
  title: string;
  help: string;
}
