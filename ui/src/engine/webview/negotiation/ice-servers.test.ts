import { expect, it } from "vitest";
import { supportedIceServers } from "./ice-servers";

it("leaves out servers that would make the RTCPeerConnection constructor throw", () => {
  const stun = { urls: ["stun:a.example", "STUNS:b.example"] };
  const turn = { urls: ["turn:c.example"], username: "u", credential: "p" };
  expect(supportedIceServers([stun, turn])).toEqual([stun, turn]);
  expect(supportedIceServers([{ urls: ["turn:c.example"] }, { urls: ["https://d.example"] }])).toEqual([]);
  expect(supportedIceServers([{ urls: ["new:e.example", "stun:a.example"] }])).toEqual([
    { urls: ["stun:a.example"] },
  ]);
});
