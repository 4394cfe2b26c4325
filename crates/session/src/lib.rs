//! A signaling client for Maru's server: joins a room and stays in it across lost connections.
//!
//! The desktop app runs it outside the webview, so that a reload of the page does not leave the room. It knows no
//! Tauri and no interface: a bot, a command-line tool or a test can use it in the same way.
//!
//! # Use
//!
//! [`SessionHandle::spawn`] starts the driver, one Tokio task. [`SessionHandle::subscribe`] takes a callback for
//! everything that happens, [`SessionHandle::observe`] another for a part of the application that needs no subscription of
//! its own, such as file transfer; [`SessionHandle::join`] enters a room, [`SessionHandle::shutdown`] leaves it before the
//! process ends. A caller with its own I/O or clock uses [`Session`], the state machine, directly.
//!
//! # What can happen to a session
//!
//! Every input is an [`Event`]:
//!
//! - from the application: `Join`, `Leave`, `Signal`;
//! - from the WebSocket: `Connected`, `Frame`, `ControlFrame`, `Closed`. Each names its connection; events of an
//!   earlier connection are ignored;
//! - from the operating system: `NetworkChanged`;
//! - from the clock: `Tick`, due at [`Session::deadline`].
//!
//! # What it does
//!
//! Every output is an [`Effect`]: `Connect`, `Send`, `Close` for the WebSocket, and `Notify` for the application:
//! the server's messages, and how the connection is ([`Status`]).
//!
//! # Rules it keeps
//!
//! - **The session does no I/O and has no clock.** Time comes in with every event, as [`Millis`].
//! - **At most one connection** is open or being opened at any time.
//! - **A session with a room to be in always has a connection or a deadline**, so it cannot get stuck.
//! - **Nothing of a room is reported after `Leave`.**
//! - **Signals stay in their room.** A signal that was queued for one incarnation of a room, or under one participant
//!   ID, is never sent in another.
//! - **`leave` is answered before the next `join`.** Both use the same connection: on a second one, `join` could
//!   overtake `leave` and find the old participant still in the room.
//! - **Errors are classified by code**, never by text; an unknown code or close code of a later version of the
//!   protocol has a defined meaning (docs/protocol.md, "Versions").
//! - **Everything that is kept is bounded**: commands, events, queued signals, participants.
//! - **The resume secret is not reported**: in the `joined` that the application gets, it is empty.
//!
//! # Map
//!
//! `session` the state machine; `websocket` one connection: `happy_eyeballs` TCP over whichever address answers first,
//! `tls` the certificates that the system trusts; `driver` the task that connects the two; `handle` how the application
//! talks to it; `server_url` where the server is.

mod driver;
mod handle;
mod happy_eyeballs;
mod server_url;
mod session;
mod tls;
mod websocket;

pub use driver::{RequestId, Update};
pub use handle::{CommandRejected, SessionHandle, SignalError};
pub use server_url::{InvalidServerUrl, ServerUrl};
pub use session::{
    ConnectionId, Disconnect, Effect, Event, JoinRequest, Millis, Notification, Session, Status,
};
