import { X } from "lucide-react";
import { useId, useRef } from "react";
import { Button } from "../../components/button";
import type { RoomPlace } from "../../host/room-link";
import { useText } from "../../i18n/text";
import { useHost, useSettings } from "../hooks/maru-context";
import { serverOf } from "../shared/server";
import { removeRecent } from "./recent";
import "./recent-rooms.css";

interface RecentRoomsProps {
  onChoose: (place: RoomPlace) => void;
  /** Where the focus goes when the last one has been removed. */
  onEmpty: () => void;
}

/** The rooms that were entered on this computer, each with a button to forget it. Nothing without any. */
export function RecentRooms({ onChoose, onEmpty }: RecentRoomsProps) {
  const text = useText();
  const host = useHost();
  const { recentRooms } = useSettings();
  const heading = useId();
  const list = useRef<HTMLUListElement>(null);
  const { origin } = serverOf(host);
  if (recentRooms.length === 0) return null;

  const clear = () => {
    host.settings.set({ recentRooms: [] });
    onEmpty();
  };
  const remove = (place: RoomPlace, index: number) => {
    const rest = removeRecent(recentRooms, place);
    if (rest.length === 0) return clear();
    // Not lost with the removed button: to the one that takes its place.
    const buttons = list.current?.querySelectorAll<HTMLElement>(".recent-remove") ?? [];
    buttons[index + 1 < buttons.length ? index + 1 : index - 1]?.focus();
    host.settings.set({ recentRooms: rest });
  };
  return (
    <section className="recent" aria-labelledby={heading}>
      <header className="recent-head">
        <h2 id={heading}>{text.places.recent.title}</h2>
        <Button look="plain" small onClick={clear}>
          {text.places.recent.clear}
        </Button>
      </header>
      <ul ref={list}>
        {recentRooms.map((place, index) => {
          const elsewhere = place.server === origin ? null : new URL(place.server).host;
          const label = elsewhere === null ? place.room : text.places.recent.onServer(place.room, elsewhere);
          return (
            <li key={`${place.server} ${place.room}`}>
              <button
                type="button"
                className="recent-room"
                aria-label={label}
                onClick={() => onChoose(place)}
              >
                <span dir="auto">{place.room}</span>
                {elsewhere !== null && <small>{elsewhere}</small>}
              </button>
              <button
                type="button"
                className="recent-remove"
                aria-label={text.places.recent.remove(label)}
                onClick={() => remove(place, index)}
              >
                <X size={14} aria-hidden="true" />
              </button>
            </li>
          );
        })}
      </ul>
      <p>{text.places.recent.note}</p>
    </section>
  );
}
