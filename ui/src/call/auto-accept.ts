import type { Transfer } from "../host/files";
import { riskyNames } from "./risky-names";
import type { RemoteParticipant } from "./types";

/** The sizes to choose from, in bytes. */
export const AUTO_ACCEPT_SIZES = [10_000_000, 100_000_000, 1_000_000_000] as const;
/** So many offers of the greatest permitted size are accepted in a call; then the person is asked again. */
const MAX_FULL_OFFERS = 10;

/**
 * Offers of one person that are accepted without a question. For this call only: a name proves nothing, and neither does
 * a participant ID of another incarnation of the room.
 */
export interface AutoAcceptRule {
  /** Key of the participant. */
  participant: string;
  /** Their ID when the rule was made: with another one it no longer holds. */
  id: string;
  maxBytes: number;
  /** Bytes that may still be accepted under this rule. */
  budget: number;
}

export function newRule({ key, id }: RemoteParticipant, maxBytes: number): AutoAcceptRule {
  return { participant: key, id, maxBytes, budget: maxBytes * MAX_FULL_OFFERS };
}

/** The rules of those who are still here, under the same ID. */
export function rulesInForce(
  rules: readonly AutoAcceptRule[],
  participants: readonly RemoteParticipant[],
): readonly AutoAcceptRule[] {
  const next = rules.filter((rule) =>
    participants.some(({ key, id }) => key === rule.participant && id === rule.id),
  );
  return next.length === rules.length ? rules : next;
}

/**
 * The rule under which an offer is accepted without a question; null if there is none. Never with a name that could be
 * a program, a script or an archive, nor with names that the offer does not tell: it has only the first eight.
 */
export function ruleFor(transfer: Transfer, rules: readonly AutoAcceptRule[]): AutoAcceptRule | null {
  if (transfer.direction !== "receive" || transfer.state !== "offered") return null;
  if (transfer.names.length === 0 || transfer.names.length < transfer.files + transfer.folders) return null;
  if (riskyNames(transfer.names.map(({ name }) => name)).length > 0) return null;
  return (
    rules.find(
      ({ id, maxBytes, budget }) =>
        id === transfer.participant && transfer.bytes <= maxBytes && transfer.bytes <= budget,
    ) ?? null
  );
}

/** The rules after an offer was accepted under one of them. */
export function spend(
  rules: readonly AutoAcceptRule[],
  spent: AutoAcceptRule,
  bytes: number,
): readonly AutoAcceptRule[] {
  return rules.map((rule) => (rule === spent ? { ...rule, budget: rule.budget - bytes } : rule));
}
