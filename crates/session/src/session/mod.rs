//! The state machine: events and the time go in, effects come out.
//!
//! [`machine`] has the data and the operations that all transitions share. The transitions, by what triggers them:
//! [`commands`] the application, [`messages`] the server, [`disconnect`] the end of a connection, [`network_change`]
//! the operating system, [`timers`] the clock. [`requests`] is what a session sends to the server.

mod backoff;
mod commands;
mod disconnect;
mod effect;
mod error_action;
mod event;
mod machine;
mod membership;
mod messages;
mod network_change;
mod outbox;
mod requests;
mod state;
#[cfg(test)]
mod tests;
mod timers;
mod timing;

pub use self::{
    effect::{Effect, Notification, Status},
    event::{ConnectionId, Disconnect, Event, JoinRequest},
    machine::Session,
    timing::Millis,
};

impl Session {
    /// Handles one event at `now` and returns what to do, in order.
    pub fn handle(&mut self, now: Millis, event: Event) -> Vec<Effect> {
        match event {
            Event::Join(request) => self.join(now, request),
            Event::Leave => self.leave(now),
            Event::Signal { from, frame } => self.signal(now, from, frame),
            Event::NetworkChanged { removed } => self.on_network_change(now, &removed),
            Event::Tick => self.on_tick(now),
            Event::Connected { connection, local } if self.is_current(connection) => {
                self.on_connected(now, connection, local);
            }
            Event::Frame(connection, frame) if self.is_current(connection) => {
                self.on_activity(now);
                self.on_frame(now, &frame);
            }
            Event::ControlFrame(connection) if self.is_current(connection) => self.on_activity(now),
            Event::Closed(connection, disconnect) if self.is_current(connection) => {
                self.on_closed(now, disconnect);
            }
            // Of an earlier connection.
            Event::Connected { .. }
            | Event::Frame(..)
            | Event::ControlFrame(_)
            | Event::Closed(..) => {}
        }
        self.take_effects()
    }
}
