/** Rooms elsewhere: on other servers, and those of before. */
export const placesEn = {
  server: {
    title: (server: string) => `Use the server ${server}?`,
    body: (room: string) =>
      `The room “${room}” is on another server. Maru will use that one from now on. You can change it back in the settings.`,
    bodyWithoutRoom: "Maru will use it from now on. You can change it back in the settings.",
    sees: "Whoever runs a server sees who meets in which room, and when. Picture, voice and chat do not pass through it.",
    insecure:
      "Its address starts with http://: others on the network could read along or interfere. Use it only on a network you trust.",
    useAndJoin: "Use it and join",
    use: "Use it",
  },
  leave: {
    title: "Leave the call?",
    body: "The others stay in the room, and you can come back.",
    other: (current: string, next: string) =>
      `You are in “${current}”. To go to “${next}”, leave the call first.`,
    otherServer: (current: string, server: string) =>
      `You are in “${current}”. To use the server ${server}, leave the call first.`,
    leave: "Leave the call",
    stay: "Stay",
  },
  recent: {
    title: "Recent rooms",
    note: "Only this device remembers them.",
    clear: "Clear all",
    remove: (room: string) => `Remove ${room}`,
    onServer: (room: string, server: string) => `${room} on ${server}`,
  },
};
