import { expect, it } from "vitest";
import type { OpenedRoom } from "../types";
import { OpenedRooms } from "./opened-rooms";

function rooms() {
  let notify: (opened: OpenedRoom) => void = () => undefined;
  const opened = new OpenedRooms({
    onOpened: async (listener) => {
      notify = listener;
    },
  });
  return { opened, open: (room: string) => notify({ server: null, room }) };
}

it("a room that is opened between two listeners reaches the second, and only once", () => {
  const { opened, open } = rooms();
  const received: (string | null)[] = [];
  const listen = () => opened.subscribe(({ room }) => received.push(room));
  const stop = listen();
  open("a");
  stop();
  open("b");
  open("c");
  listen()();
  listen();
  open("d");
  expect(received).toEqual(["a", "c", "d"]);
});
