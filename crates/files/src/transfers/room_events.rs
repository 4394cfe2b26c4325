//! What happens in the room.

use maru_protocol::{IceServer, ParticipantId};
use maru_transfer::endpoint::Identity;

use super::Transfers;
use crate::link::LinkCommand;
use crate::link_id::LinkId;
use crate::room::{Room, RoomEvent};

impl Transfers {
    pub(super) fn on_room_event(&mut self, event: RoomEvent) {
        match event {
            RoomEvent::Joined {
                me,
                participants,
                ice_servers,
            } => self.on_joined(me, participants, ice_servers),
            RoomEvent::ParticipantJoined(id, name) => {
                self.room.names.insert(id, name);
                if !self.candidates.is_empty() {
                    // The one who was here first offers.
                    self.link_of(id, true);
                }
            }
            RoomEvent::ParticipantLeft(id) => {
                self.room.remove(id);
                self.close_links_of(|participant| participant == Some(id));
            }
            RoomEvent::Signal(from, signal) => {
                if !self.room.names.contains_key(&from) {
                    return;
                }
                if let Some(link) = self.link_of(from, false) {
                    // Signaling may lose messages: a link that is behind loses some as well.
                    self.command(link, LinkCommand::Receive(signal));
                }
            }
            RoomEvent::IceServers(servers) => self.set_ice_servers(servers),
            RoomEvent::Left => {
                self.room = Room::default();
                self.look_at = None;
                self.close_links_of(|_| true);
            }
        }
    }

    fn on_joined(
        &mut self,
        me: Identity,
        participants: Vec<(ParticipantId, String)>,
        ice_servers: Vec<IceServer>,
    ) {
        let is_resumed = self.room.me == Some(me);
        self.room.me = Some(me);
        self.room.replace(participants);
        if is_resumed {
            let names = self.room.names.clone();
            self.close_links_of(|participant| {
                participant.is_some_and(|participant| !names.contains_key(&participant))
            });
        } else {
            // Everybody has another ID; links that work go on.
            let links: Vec<LinkId> = self.links.keys().copied().collect();
            for id in links {
                if let Some(link) = self.links.get_mut(&id) {
                    link.participant = None;
                }
                self.command(id, LinkCommand::SetIdentity(me));
            }
        }
        self.set_ice_servers(ice_servers);
        self.look_for_partners();
    }

    fn set_ice_servers(&mut self, servers: Vec<IceServer>) {
        for id in self.links.keys() {
            self.command(*id, LinkCommand::SetIceServers(servers.clone()));
        }
        self.room.ice_servers = servers;
    }

    fn close_links_of(&mut self, of: impl Fn(Option<ParticipantId>) -> bool) {
        let links: Vec<LinkId> = self
            .links
            .iter()
            .filter(|(_, link)| of(link.participant))
            .map(|(id, _)| *id)
            .collect();
        for id in links {
            self.close_link(id);
        }
    }
}
