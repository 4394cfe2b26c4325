import { Keyboard, Languages, Settings2, ShieldCheck } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { Button } from "../../components/button";
import { isComposing } from "../../components/composition";
import { Logo } from "../../components/logo";
import { useLanguage, useText } from "../../i18n/text";
import { parseRoomId } from "../../protocol/room-id";
import { useActions, useHost, useSettings } from "../hooks/maru-context";
import { NameField } from "../shared/name-field";
import { Notices } from "../shared/notices";
import type { SheetName } from "../sheets/app-sheets";
import { Preview } from "./preview";
import { RoomField } from "./room-field";
import { StartFooter } from "./start-footer";
import "./start.css";

export function StartView({ room, onRoom, onSheet }: StartViewProps) {
  const text = useText();
  const language = useLanguage();
  const host = useHost();
  const settings = useSettings();
  const { join } = useActions();
  const [submitted, setSubmitted] = useState(false);
  const roomInput = useRef<HTMLInputElement>(null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = parseRoomId(room.trim());
    if (!parsed.ok) {
      setSubmitted(true);
      roomInput.current?.focus();
      return;
    }
    join(parsed.id, settings.name);
  };

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
          <h1>
            {text.start.titleOne}
            <br />
            {text.start.titleTwo}
          </h1>
          <p className="start-lead">{text.start.lead}</p>
          <Notices without="device" />
          <form onSubmit={submit} onKeyDown={onKeyDown} noValidate>
            <RoomField input={roomInput} value={room} onChange={onRoom} submitted={submitted} />
            <NameField
              label={text.start.name}
              data-testid="name-input"
              name="name"
              autoComplete="nickname"
              placeholder={text.start.namePlaceholder}
            />
            <Button type="submit" look="primary" className="start-join" data-testid="start-join">
              {text.start.join}
            </Button>
          </form>
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
          <kbd className="kbd">?</kbd>
        </button>
      </footer>
    </div>
  );
}

interface StartViewProps {
  /** As typed. */
  room: string;
  onRoom: (room: string) => void;
  onSheet: (sheet: SheetName) => void;
}
