import { Keyboard, Languages, Settings2, ShieldCheck } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button } from "../../components/button";
import { isComposing } from "../../components/composition";
import { Logo } from "../../components/logo";
import { isSamePlace, linkOfPlace, type RoomPlace } from "../../host/room-link";
import { useLanguage, useText } from "../../i18n/text";
import { useActions, useCall, useHost, useSettings } from "../hooks/maru-context";
import { RecentRooms } from "../places/recent-rooms";
import { NameField } from "../shared/name-field";
import { Notices } from "../shared/notices";
import { serverOf } from "../shared/server";
import type { SheetName } from "../sheets/app-sheets";
import { Preview } from "./preview";
import { RoomField } from "./room-field";
import { StartFooter } from "./start-footer";
import { readRoom } from "./typed-room";
import { useRejoin } from "./use-rejoin";
import "./start.css";

export function StartView({ room, left, onRoom, onElsewhere, onSheet }: StartViewProps) {
  const text = useText();
  const language = useLanguage();
  const host = useHost();
  const settings = useSettings();
  const { join } = useActions();
  const [submitted, setSubmitted] = useState(false);
  const roomInput = useRef<HTMLInputElement>(null);
  const turnsOnId = useId();
  const joinButton = useRef<HTMLButtonElement>(null);
  const server = serverOf(host).origin;
  const typed = readRoom(room, server);
  const linked = readRoom(host.initialRoom() ?? "", server);
  const invited =
    left === null &&
    typed.kind === "place" &&
    linked.kind === "place" &&
    isSamePlace(typed.place, linked.place)
      ? typed.place.room
      : null;
  const microphoneOff = useCall(
    ({ engine, self }) => engine.capabilities.microphone && self.microphone.status === "off",
  );
  const rejoin = useRejoin(typed.kind === "place" ? typed.place : null, left);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.kind === "problem") {
      setSubmitted(true);
      roomInput.current?.focus();
      return;
    }
    if (typed.place.server !== server) return onElsewhere(typed.place, settings.name);
    rejoin?.turnOn();
    join(typed.place.room, settings.name);
  };
  const choose = (place: RoomPlace) => {
    onRoom(place.server === server ? place.room : linkOfPlace(place));
    joinButton.current?.focus();
  };

  // The name is all that an invited person has to type. A keyboard on the screen would cover the rest.
  const form = useRef<HTMLFormElement>(null);
  const namesFirst = useRef(invited !== null && settings.name === "");
  useEffect(() => {
    if (!namesFirst.current || !window.matchMedia("(pointer: fine)").matches) return;
    form.current?.querySelector<HTMLInputElement>("input[name=name]")?.focus();
  }, []);

  // Enter during a composition would submit the form with an incomplete name or room.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && isComposing(event)) event.preventDefault();
  };

  return (
    <div className="start">
      <header className="start-head">
        <Logo />
        <b>maru</b>
        <span className="start-space" />
        <button
          type="button"
          className="start-pill"
          lang={language === "ko" ? "en" : "ko"}
          onClick={() => host.settings.set({ language: language === "ko" ? "en" : "ko" })}
        >
          <Languages size={16} aria-hidden="true" />
          {language === "ko" ? "English" : "한국어"}
        </button>
        <button type="button" className="start-pill" onClick={() => onSheet("settings")}>
          <Settings2 size={16} aria-hidden="true" />
          {text.menu.settings}
        </button>
      </header>

      <main className="start-main">
        <Preview onDevices={() => onSheet("settings")} />
        <section className="start-form">
          <h1 tabIndex={-1}>
            {invited === null ? text.start.titleOne : text.start.invitedOne}
            <br />
            {invited === null ? text.start.titleTwo : text.start.invitedTwo(invited)}
          </h1>
          <p className="start-lead">{text.start.lead}</p>
          <Notices without="device" />
          <form ref={form} onSubmit={submit} onKeyDown={onKeyDown} noValidate>
            <RoomField
              input={roomInput}
              value={room}
              server={server}
              typed={typed}
              onChange={onRoom}
              submitted={submitted}
              invited={invited !== null}
            />
            <NameField
              label={text.start.name}
              data-testid="name-input"
              name="name"
              autoComplete="nickname"
              placeholder={text.start.namePlaceholder}
            />
            <Button
              ref={joinButton}
              type="submit"
              look="primary"
              className="start-join"
              data-testid="start-join"
              aria-describedby={rejoin?.turnsOn ? turnsOnId : undefined}
            >
              {rejoin ? text.start.rejoin : text.start.join}
            </Button>
            {microphoneOff && !rejoin?.turnsOn && (
              <p className="start-turns-on">{text.start.microphoneOff}</p>
            )}
            {rejoin?.turnsOn && (
              <p id={turnsOnId} className="start-turns-on">
                {text.start.turnsOn[rejoin.turnsOn]}
              </p>
            )}
          </form>
          <RecentRooms onChoose={choose} onEmpty={() => roomInput.current?.focus()} />
          <p className="start-note">
            <ShieldCheck size={16} aria-hidden="true" />
            {text.start.note}
          </p>
        </section>
      </main>

      <footer className="start-foot">
        <StartFooter />
        <span className="start-space" />
        <button type="button" className="start-shortcuts" onClick={() => onSheet("shortcuts")}>
          <Keyboard size={16} aria-hidden="true" />
          {text.start.shortcuts}
        </button>
      </footer>
    </div>
  );
}

interface StartViewProps {
  /** As typed. */
  room: string;
  /** The room that was left last, while this page is open. */
  left: RoomPlace | null;
  onRoom: (room: string) => void;
  /** Joins a room of another server. */
  onElsewhere: (place: RoomPlace, name: string) => void;
  onSheet: (sheet: SheetName) => void;
}
