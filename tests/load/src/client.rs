//! One client: its socket, its state, and partly read or written data.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use mio::net::TcpStream;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

/// States of a client, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The TCP handshake is in progress.
    Connecting,
    /// The HTTP upgrade is in progress.
    Upgrading,
    /// The WebSocket is open, without a room.
    Open,
    /// `join` was sent.
    Joining,
    /// In the room.
    Joined,
}

/// One client.
#[derive(Debug)]
pub struct Client {
    pub(crate) socket: TcpStream,
    /// Its state.
    pub state: State,
    /// The room that it is in or will join.
    pub room: String,
    /// The `resume` secret of the last `joined`.
    pub resume: Option<String>,
    /// The encoded message for the other client in its room; empty when it is alone.
    pub(crate) message: Vec<u8>,
    /// The beginning of an incomplete frame.
    pub(crate) partial: Vec<u8>,
    pending: Vec<u8>,
}

/// One address has ports for 28,000 connections to another one; loopback has 16 million addresses.
const SOURCES: usize = 8;

impl Client {
    /// Starts to connect to `server`; `index` selects the source address.
    ///
    /// # Errors
    /// From the operating system: out of descriptors or ports.
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

    /// Writes `bytes`, and keeps the part that the socket does not accept.
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

    /// Writes the kept data, as far as the socket accepts it.
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

    /// Reads once into `buffer`, after the incomplete frame. `None` when there is nothing to read; zero at the end of the
    /// stream.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match self.socket.read(buffer) {
            Ok(read) => Ok(Some(read)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Resets the socket, as in a crash, which leaves no port in TIME_WAIT.
    pub(crate) fn reset(&mut self) {
        let _ = socket2::SockRef::from(&self.socket).set_linger(Some(std::time::Duration::ZERO));
    }
}
