//! Disks that cannot go on.

use maru_protocol::Open;

use super::{Endpoint, Event, receiving::Restored};
use crate::{
    Time,
    control::{Code, ControlMessage, TransferId},
    resume::Role,
};

impl Endpoint {
    /// The disk cannot go on with a transfer that is received: it pauses until [`Self::on_disk_mended`]. Later requests
    /// about it that are on their way are to be dropped. Also to be called when the reason is another one now, and for a
    /// transfer that was found ([`Event::Found`]) and cannot be added yet: the other side learns why it waits.
    pub fn on_disk_problem(&mut self, id: TransferId, code: Code, now: Time) {
        let is_sent = if let Some(receiving) = self.receiving.get_mut(&id) {
            let before = receiving.pauses.problem_here;
            let recognised = receiving.recognised;
            if before.is_none() {
                receiving.on_problem(code);
                self.drop_requests(id);
            } else {
                receiving.pauses.problem_here = Some(code);
            }
            if before != Some(code) {
                self.event(Event::Changed(id, Role::Receiver));
            }
            recognised && before != Some(code)
        } else {
            self.delayed.set_problem(id, code)
        };
        if is_sent {
            self.send(&ControlMessage::Error {
                id: Some(id),
                entry: None,
                code: Open::Known(code),
                text: String::new(),
            });
        }
        self.after(now);
    }

    /// The disk can never take a transfer that is received, such as one beyond a limit: it is over, on both sides.
    pub fn on_disk_failed(&mut self, id: TransferId, code: Code, now: Time) {
        self.cancel_because(id, Role::Receiver, code);
        self.after(now);
    }

    /// The disk can go on from what it has.
    pub fn on_disk_mended(&mut self, id: TransferId, restored: Restored, now: Time) {
        if let Some(receiving) = self.receiving.get_mut(&id) {
            receiving.pauses.problem_here = None;
            receiving.restore(restored);
            if receiving.recognised {
                // Says `pause` once more if the person paused it.
                self.send(&ControlMessage::Resume { id });
                self.recognise(id, Role::Receiver);
            }
            self.event(Event::Changed(id, Role::Receiver));
        }
        self.after(now);
    }
}
