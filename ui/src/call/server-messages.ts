import { checkPeerSignal } from "../protocol/check";
import type { ServerMessage } from "../protocol/generated";
import type { RosterEvent } from "./roster";

/** What a message of the server means for the roster, in order. */
export function rosterEventsOf(message: ServerMessage): RosterEvent[] {
  switch (message.type) {
    case "joined": {
      const { self, room, participants, removed = [] } = message;
      return [
        // Removals first: a participant who is merely missing from the list may come back, a removed one does not.
        ...removed.map(
          (participant): RosterEvent => ({ type: "participant-left", participant, reason: "removed" }),
        ),
        { type: "joined", self, incarnation: room.incarnation, participants },
      ];
    }
    case "participant-joined":
      return [{ type: "participant-joined", participant: message.participant }];
    case "participant-left":
      return [{ type: "participant-left", participant: message.participant, reason: message.reason }];
    case "signal": {
      const checked = checkPeerSignal(message.data);
      // Other connections (files) are not the engine's.
      if (!checked.ok || checked.value.connection !== "media") return [];
      return [{ type: "signal", from: message.from, signal: checked.value }];
    }
    default:
      return [];
  }
}
