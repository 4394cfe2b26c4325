// The reference: signaling in its usual form with Node, Express and Socket.IO.
// Usage: node server.mjs <port>
import { createServer } from "node:http";
import express from "express";
import { Server } from "socket.io";

const CAPACITY = 8;

const app = express();
app.get("/healthz", (_request, response) => response.send("ok"));
const http = createServer(app);
const io = new Server(http, { transports: ["websocket"], serveClient: false });

io.on("connection", (socket) => {
  socket.on("join", ({ room, name }) => {
    const present = [...(io.sockets.adapter.rooms.get(room) ?? [])];
    if (present.length >= CAPACITY) return socket.emit("refused", { code: "room-full" });
    socket.data.room = room;
    socket.data.name = name;
    socket.join(room);
    const participants = present.map((id) => ({ id, name: io.sockets.sockets.get(id)?.data.name }));
    socket.emit("joined", { self: socket.id, participants });
    socket.to(room).emit("participant-joined", { participant: { id: socket.id, name } });
  });

  socket.on("signal", ({ to, data }) => io.to(to).emit("signal", { from: socket.id, data }));

  const leave = (reason) => {
    const { room } = socket.data;
    if (!room) return;
    socket.data.room = undefined;
    socket.to(room).emit("participant-left", { participant: socket.id, reason });
    socket.leave(room);
  };
  socket.on("leave", () => leave("left"));
  socket.on("disconnecting", () => leave("lost"));
});

// The same backlog as the other servers: a storm must not wait for SYN retries.
http.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
