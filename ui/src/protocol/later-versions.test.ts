import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Checked, checkPeerMessage, checkPeerSignal, checkServerMessage } from "./check";

type Case = [name: string, sent: unknown, read: unknown];

const corpus: Record<"server" | "signal" | "peer", Case[]> = JSON.parse(
  readFileSync(new URL("../../../crates/protocol/tests/later-versions.json", import.meta.url), "utf8"),
);

const read = (checked: Checked<unknown>) => (checked.ok ? checked.value : null);

describe("messages of a later version are read as in Rust", () => {
  it.each(corpus.server)("by the server: %s", (_, sent, expected) => {
    expect(read(checkServerMessage(JSON.stringify(sent)))).toEqual(expected);
  });

  it.each(corpus.signal)("in a signal: %s", (_, sent, expected) => {
    expect(read(checkPeerSignal(sent))).toEqual(expected);
  });

  it.each(corpus.peer)("by a peer: %s", (_, sent, expected) => {
    expect(read(checkPeerMessage(JSON.stringify(sent)))).toEqual(expected);
  });
});
