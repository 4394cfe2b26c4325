import type { TransferCode } from "../../call/transfer-codes";
import type { Explanation } from "../explanation";
import type { TransferStatus } from "./status";

/** What stops a disk, and has texts of its own as the cause of a pause. */
const PROBLEM_CODES = [
  "missing",
  "denied",
  "unreadable",
  "too-large",
  "disk-full",
  "read-only",
  "unwritable",
] as const satisfies readonly TransferCode[];

type ProblemCode = (typeof PROBLEM_CODES)[number];

interface Problem {
  /** The partner. */
  name: string;
  code: string;
  /** The side with the problem sends: it is about its files. Otherwise it is about the folder that gets them. */
  sends: boolean;
}

type Sides = Record<"here" | "there", (problem: Problem) => Explanation>;

export type ProblemTexts = Record<ProblemCode | "other", Sides>;

/** Null: no disk is the cause of the pause. */
export function explainProblem(
  texts: ProblemTexts,
  { paused, direction, name }: TransferStatus,
): Explanation | null {
  const { problem: code, problemHere } = paused;
  if (code === null) return null;
  const known = PROBLEM_CODES.find((one) => one === code) ?? "other";
  const sends = (direction === "send") === problemHere;
  return texts[known][problemHere ? "here" : "there"]({ name, code, sends });
}
