//! Programs that end and begin again in a [`World`].

use super::{
    super::*,
    world::{World, identity},
};

impl World {
    /// The program of a side ends, with its computer, and starts again.
    pub(super) fn restart(&mut self, index: usize) {
        self.disconnect();
        self.begin(index);
        for (id, role, _) in std::mem::take(&mut self.candidates[index]) {
            self.add(index, id, role);
        }
    }

    /// Both programs end, and meet again in a later call, where they have to find out who they are.
    pub(super) fn meet_again(&mut self) {
        self.disconnect();
        self.begin(0);
        self.begin(1);
    }

    /// A new endpoint, and what is unfinished.
    fn begin(&mut self, index: usize) {
        let now = self.now;
        let side = &mut self.sides[index];
        side.endpoint = Endpoint::new(identity(9));
        side.endpoint.set_comparing(true);
        side.requests.clear();
        side.stuck.clear();
        side.found.clear();
        let ended = side.ended();
        let mut candidates = Vec::new();
        for (id, source) in &side.sources {
            let accepted = side.events.iter().find_map(|event| match event {
                Event::Accepted(of, secret) if of == id => Some(*secret),
                _ => None,
            });
            let outgoing = source.outgoing(id.0[0]);
            match accepted {
                Some(secret) if ended.contains(id) => {
                    let key = ResumeKey::new(&outgoing.offer.secret, &secret, id);
                    side.endpoint.add_ended(*id, Role::Sender, key, false);
                }
                None if ended.contains(id) => {}
                // Nobody accepted it: it is offered again.
                None => side.endpoint.send_transfer(outgoing, now),
                Some(secret) => {
                    let key = ResumeKey::new(&outgoing.offer.secret, &secret, id);
                    candidates.push((*id, Role::Sender, key));
                }
            }
        }
        for (id, (offer, secret)) in &side.accepted {
            let key = ResumeKey::new(&offer.secret, secret, id);
            let destination = side.destinations.get_mut(id).unwrap();
            if !ended.contains(id) && !destination.concluded {
                candidates.push((*id, Role::Receiver, key));
            } else {
                let done = destination.concluded;
                if !ended.contains(id) {
                    // The program ended before it was told; the disk knows.
                    side.events.push(Event::Ended {
                        id: *id,
                        role: Role::Receiver,
                        outcome: Outcome::Done,
                    });
                }
                side.endpoint.add_ended(*id, Role::Receiver, key, done);
            }
        }
        self.candidates[index] = candidates;
    }

    pub(super) fn add(&mut self, index: usize, id: TransferId, role: Role) {
        let now = self.now;
        self.candidates[index].retain(|(of, as_role, _)| (*of, *as_role) != (id, role));
        let side = &mut self.sides[index];
        match role {
            Role::Sender => {
                let mut outgoing = side.sources[&id].outgoing(id.0[0]);
                outgoing.partner_secret = side.events.iter().find_map(|event| match event {
                    Event::Accepted(of, secret) if *of == id => Some(*secret),
                    _ => None,
                });
                side.endpoint.send_transfer(outgoing, now);
            }
            Role::Receiver => {
                let (offer, secret) = side.accepted[&id].clone();
                let restored = side.destinations.get_mut(&id).unwrap().lose_power();
                let incoming = Incoming {
                    offer,
                    secret,
                    restored,
                    paused: false,
                };
                side.endpoint.receive_transfer(incoming, now);
            }
        }
    }
}
