//! What the application asks for.

use std::sync::atomic::Ordering;

use maru_disk::EndKind;
use maru_protocol::Open;
use maru_transfer::control::Code;

use super::{Command, Key, Transfers};
use crate::link::LinkCommand;
use crate::link_id::LinkId;
use crate::view::{Direction, TransferState};

impl Transfers {
    pub(super) fn on_command(&mut self, command: Command) {
        match command {
            Command::Subscribe(subscriber) => self.subscriber = self.subscribe(subscriber),
            Command::Unsubscribe => self.subscriber = None,
            Command::Observe(observer) => self.observer = self.subscribe(observer),
            Command::Room(event) => self.on_room_event(event),
            Command::Offer(to, paths) => self.offer(&to, &paths),
            Command::Accept {
                id,
                folder,
                is_by_rule,
            } => self.accept(id, folder, is_by_rule),
            Command::Decline(id) => {
                let key = (id, Direction::Receive);
                if let Some(of) = self.transfers.get(&key)
                    && of.offer.is_some()
                    && let Some(link) = of.link
                {
                    self.command(link, LinkCommand::Decline(id, Code::Declined));
                }
            }
            Command::SetPaused(key, paused) => self.set_paused(key, paused),
            Command::Cancel(key) => self.cancel(key),
            Command::Retry(key) => self.retry(key),
            Command::Forget(key) => {
                self.cancel(key);
                if let Some(of) = self.transfers.get_mut(&key) {
                    if of.view.state.is_over() {
                        self.forget(key);
                    } else {
                        of.is_forgotten = true;
                    }
                }
            }
            Command::CallActive(active) => {
                self.call_active = active;
                self.command_all(|| LinkCommand::SetYields(active));
            }
            Command::NetworkChanged => self.command_all(|| LinkCommand::NetworkChanged),
            Command::Entries(key, range, answer) => {
                let of = self.transfers.get(&key).filter(|of| !of.is_loading);
                let Some(link) = of.and_then(|of| of.link) else {
                    return self.list_stored(key, range, answer);
                };
                let (id, direction) = key;
                let role = direction.into();
                self.command(
                    link,
                    LinkCommand::Entries {
                        id,
                        role,
                        range,
                        answer,
                    },
                );
            }
            Command::Location(key, answer) => {
                let location = self.transfers.get(&key).and_then(|of| of.location.clone());
                let _ = answer.send(location);
            }
            Command::Shutdown(done) => {
                for of in self.transfers.values() {
                    of.cancelled.store(true, Ordering::Relaxed);
                    if let Some(scanning) = &of.scanning {
                        scanning.cancel();
                    }
                }
                let links: Vec<LinkId> = self.links.keys().copied().collect();
                for link in links {
                    self.close_link(link);
                }
                // Nobody is in the room any more for whom a link could be made.
                self.room = crate::room::Room::default();
                self.shutting_down = Some(done);
            }
            Command::Loaded(loaded) => self.on_loaded(loaded),
            Command::LoadAgain(key) => self.load_again(key),
        }
    }

    fn command_all(&self, command: impl Fn() -> LinkCommand) {
        for link in self.links.keys() {
            self.command(*link, command());
        }
    }

    fn set_paused(&mut self, key: Key, paused: bool) {
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        let (id, direction) = key;
        if of.view.state.is_over() {
            return;
        }
        if let Some(record) = &mut of.record {
            record.paused = paused;
            let link = of.link;
            of.view.paused.here = paused;
            self.save(key);
            if let Some(link) = link {
                self.command(link, LinkCommand::SetPaused(id, direction.into(), paused));
            }
        }
    }

    fn cancel(&mut self, key: Key) {
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        if of.view.state.is_over() {
            return;
        }
        if let Some(scanning) = of.scanning.take() {
            scanning.cancel_one();
        }
        let (id, direction) = key;
        match of.link {
            Some(link) if of.offer.is_some() => {
                self.command(link, LinkCommand::Decline(id, Code::Declined));
            }
            Some(link) if !of.is_loading => {
                self.command(link, LinkCommand::Cancel(id, direction.into()));
            }
            // Also while it is scanned or loaded, of which the outcome is then discarded.
            _ => {
                of.view.state = TransferState::Cancelled;
                of.view.code = Some(Open::Known(Code::Cancelled));
                self.end(key, EndKind::Cancelled, true, None);
                self.discard(key);
            }
        }
    }
}
