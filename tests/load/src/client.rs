//! One client: its socket, where it stands, and what is half read or half written.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use mio::net::TcpStream;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

/// Where a client stands, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The TCP handshake is under way.
    Connecting,
    /// The HTTP upgrade is under way.
    Upgrading,
    /// A WebSocket, and no room yet.
    Open,
    /// `join` is under way.
    Joining,
    /// In the room.
    Joined,
}

/// One client.
#[derive(Debug)]
pub struct Client {
    pub(crate) socket: TcpStream,
    /// Where it stands.
    pub state: State,
    /// The room it wants or is in.
    pub room: String,
    /// Secret of the last `joined`, to come back with.
    pub resume: Option<String>,
    /// What it sends to the other one in its room, encoded; empty when it is alone.
    pub(crate) message: Vec<u8>,
    /// The beginning of a frame whose rest has not arrived.
    pub(crate) partial: Vec<u8>,
    pending: Vec<u8>,
}

/// Ports run out at 28,000 connections from one address to one other; loopback has 16 million addresses.
const SOURCES: usize = 8;

impl Client {
    /// Begins to connect to `server`; `index` spreads the source addresses.
    ///
    /// # Errors
    /// Of the operating system: out of descriptors or ports.
    pub fn connect(
        server: SocketAddr,
        index: usize,
        room: String,
        resume: Option<String>,
    ) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        let source = Ipv4Addr::new(127, 0, 0, 2 + (index % SOURCES) as u8);
        socket.bind(&SockAddr::from(SocketAddr::new(IpAddr::V4(source), 0)))?;
        match socket.connect(&SockAddr::from(server)) {
            Ok(()) => {}
            Err(error) if error.raw_os_error() == Some(nix::libc::EINPROGRESS) => {}
            Err(error) => return Err(error),
        }
        Ok(Self {
            socket: TcpStream::from_std(socket.into()),
            state: State::Connecting,
            room,
            resume,
            message: Vec::new(),
            partial: Vec::new(),
            pending: Vec::new(),
        })
    }

    /// Writes `bytes`, or keeps what the socket does not take.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.pending.is_empty() {
            self.pending.extend_from_slice(bytes);
            return self.flush();
        }
        match self.socket.write(bytes) {
            Ok(written) if written == bytes.len() => Ok(()),
            Ok(written) => {
                self.pending.extend_from_slice(&bytes[written..]);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.pending.extend_from_slice(bytes);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn send_message(&mut self) -> io::Result<()> {
        let message = std::mem::take(&mut self.message);
        let result = self.write(&message);
        self.message = message;
        result
    }

    /// Writes what was kept, as far as the socket takes it.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        while !self.pending.is_empty() {
            match self.socket.write(&self.pending) {
                Ok(written) => drop(self.pending.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        self.pending = Vec::new();
        Ok(())
    }

    /// Reads once into `buffer`, behind what was half read before. `None` when there is nothing to read; zero
    /// at the end of the stream.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match self.socket.read(buffer) {
            Ok(read) => Ok(Some(read)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Ends the socket without goodbye and without leaving a port in TIME_WAIT: a reset, as a crash looks.
    pub(crate) fn reset(&mut self) {
        let _ = socket2::SockRef::from(&self.socket).set_linger(Some(std::time::Duration::ZERO));
    }
}
