import { useEffect, useRef } from "react";
import { type CallTransfer, isOfferToUs, isOver, isUnderWay } from "../../call/call-transfer";
import { useAnnounce } from "../../components/announcer";
import { createSounds, OFFER } from "../../components/sounds";
import { shownName } from "../../i18n/shown-name";
import { useText } from "../../i18n/text";
import { useMaru, useTransfersState } from "../hooks/maru-context";
import { pageSpeaker } from "../hooks/page-speaker";
import { SHORTCUTS } from "../shared/shortcuts";
import { titleOf, titleText } from "../shared/transfer-title";

/** Announces offers, answers to ours, ends and pauses to screen readers, with a sound for an offer. */
export function useTransferAnnouncements(): void {
  const text = useText();
  const { call, host } = useMaru();
  const transfers = useTransfersState((state) => state.transfers);
  const announce = useAnnounce();
  /** What was said about each; null before the first list, in which only offers are news. */
  const said = useRef<Map<string, string> | null>(null);
  const sounds = useRef<ReturnType<typeof createSounds> | null>(null);
  useEffect(
    () => () => {
      sounds.current?.close();
      sounds.current = null;
    },
    [],
  );

  useEffect(() => {
    const before = said.current;
    said.current = new Map(transfers.map((transfer) => [transfer.key, newsOf(transfer)]));
    for (const transfer of transfers) {
      const news = newsOf(transfer);
      if (news === "" || before?.get(transfer.key) === news) continue;
      // Not again when it goes on after a pause.
      if (news === "accepted" && before?.get(transfer.key) !== "") continue;
      const name = shownName(transfer.name, text);
      const what = titleText(titleOf(text, transfer));
      if (isOfferToUs(transfer)) {
        announce(
          text.files.announce.offer(name, what, host.settings.get().shortcuts ? SHORTCUTS.files.key : null),
        );
        if (!host.settings.get().sounds) continue;
        sounds.current ??= createSounds(() => pageSpeaker(call.getState()));
        sounds.current.play(OFFER);
      } else if (before?.has(transfer.key)) {
        const title =
          news === "accepted"
            ? text.files.chat.accepted(transfer.direction, name)
            : text.files.status({ ...transfer, name }).title;
        announce(text.files.announce.status(what, title));
      }
    }
  }, [transfers, text, call, host, announce]);
}

/** Changes when there is something to say; empty if there is not. */
function newsOf(transfer: CallTransfer): string {
  if (isOfferToUs(transfer)) return "offer";
  const { state, paused } = transfer;
  if (isOver(transfer)) return state;
  if (state === "paused" && !paused.here) return `paused ${paused.problem ?? "there"}`;
  return transfer.direction === "send" && isUnderWay(transfer) ? "accepted" : "";
}
