//! Two endpoints, and what is between them.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;

use super::{
    super::*,
    disk::{Destination, Source},
};
use crate::control::Secret;

/// One side.
pub(super) struct Side {
    pub(super) endpoint: Endpoint,
    pub(super) sources: BTreeMap<TransferId, Source>,
    pub(super) destinations: BTreeMap<TransferId, Destination>,
    /// Transfers whose disk failed: requests are dropped.
    pub(super) stuck: Vec<TransferId>,
    pub(super) events: Vec<Event>,
    pub(super) closed: Vec<CloseReason>,
    /// What was accepted, to be restored.
    pub(super) accepted: BTreeMap<TransferId, (Offer, Secret)>,
    /// Accepts what is offered.
    pub(super) accepts: bool,
    pub(super) requests: VecDeque<DiskRequest>,
    /// Found, and to be added.
    pub(super) found: Vec<(TransferId, Role)>,
}

impl Side {
    fn new(number: u8) -> Self {
        let mut endpoint = Endpoint::new(identity(number));
        endpoint.set_comparing(true);
        Self {
            endpoint,
            sources: BTreeMap::new(),
            destinations: BTreeMap::new(),
            stuck: Vec::new(),
            events: Vec::new(),
            closed: Vec::new(),
            accepted: BTreeMap::new(),
            accepts: true,
            requests: VecDeque::new(),
            found: Vec::new(),
        }
    }

    /// Transfers of this side that are over.
    pub(super) fn ended(&self) -> Vec<TransferId> {
        let ended = self.events.iter().filter_map(|event| match event {
            Event::Ended { id, .. } => Some(*id),
            _ => None,
        });
        ended.collect()
    }

    pub(super) fn outcome(&self, of: TransferId) -> Option<&Outcome> {
        self.events.iter().find_map(|event| match event {
            Event::Ended { id, outcome, .. } if *id == of => Some(outcome),
            _ => None,
        })
    }
}

pub(super) fn identity(number: u8) -> Identity {
    let id = format!("00000000-0000-4000-8000-0000000000{number:02x}");
    Identity {
        participant: serde_json::from_value(id.clone().into()).unwrap(),
        incarnation: serde_json::from_value(id.into()).unwrap(),
    }
}

/// Both sides, and messages on their way.
pub(super) struct World {
    pub(super) sides: [Side; 2],
    control: [VecDeque<String>; 2],
    bulk: [Vec<Bytes>; 2],
    pub(super) connected: bool,
    pub(super) now: Time,
    random: u64,
    pub(super) bulk_bytes: u64,
    generation: u8,
    /// Messages of the bulk channel that are on their way, and overtake each other.
    pub(super) in_flight: usize,
    /// Unfinished transfers that are added when they are found.
    pub(super) candidates: [Vec<(TransferId, Role, ResumeKey)>; 2],
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            sides: [Side::new(1), Side::new(2)],
            control: Default::default(),
            bulk: Default::default(),
            connected: false,
            now: Time::new(Duration::from_secs(1)),
            random: seed | 1,
            bulk_bytes: 0,
            generation: 0,
            in_flight: 8,
            candidates: Default::default(),
        }
    }

    pub(super) fn random(&mut self, below: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random % below as u64) as usize
    }

    pub(super) fn connect(&mut self) {
        self.generation += 1;
        let [a, b] = [[self.generation; 32], [self.generation + 100; 32]];
        for (index, (own, partner)) in [(a, b), (b, a)].into_iter().enumerate() {
            let fingerprints = Fingerprints { own, partner };
            self.sides[index].endpoint.on_connected(
                fingerprints,
                self.candidates[index].clone(),
                self.now,
            );
        }
        self.connected = true;
    }

    pub(super) fn disconnect(&mut self) {
        self.control = Default::default();
        self.bulk = Default::default();
        self.connected = false;
        for side in &mut self.sides {
            side.endpoint.on_disconnected();
        }
    }

    pub(super) fn offer(&mut self, from: usize, id: u8, source: Source) -> TransferId {
        let outgoing = source.outgoing(id);
        let transfer = outgoing.offer.id;
        self.sides[from].sources.insert(transfer, source);
        self.sides[from].endpoint.send_transfer(outgoing, self.now);
        transfer
    }

    /// One thing happens. False: nothing is left but to wait.
    pub(super) fn step(&mut self) -> bool {
        let mut choices = Vec::new();
        self.collect(0);
        self.collect(1);
        for side in 0..2 {
            if !self.control[side].is_empty() {
                choices.push((side, 0));
            }
            if !self.bulk[side].is_empty() {
                choices.push((side, 1));
            }
            if !self.sides[side].requests.is_empty() {
                choices.push((side, 2));
            }
            if !self.sides[side].found.is_empty() {
                choices.push((side, 3));
            }
        }
        if choices.is_empty() {
            return false;
        }
        self.now += Duration::from_micros(50);
        let choice = choices[self.random(choices.len())];
        match choice {
            (side, 0) => {
                let message = self.control[side].pop_front().unwrap();
                self.sides[side]
                    .endpoint
                    .on_control(message.as_bytes(), self.now);
            }
            (side, 1) => {
                let index = self.random(self.bulk[side].len());
                let message = self.bulk[side].remove(index);
                self.bulk_bytes += message.len() as u64;
                self.sides[side].endpoint.on_bulk(message, self.now);
            }
            (side, 3) => {
                if let Some((id, role)) = self.sides[side].found.pop() {
                    self.add(side, id, role);
                }
            }
            (side, _) => {
                let request = self.sides[side].requests.pop_front().unwrap();
                self.perform(side, &request);
            }
        }
        true
    }

    /// Until nothing happens any more, time included for as long as something is due within two seconds.
    pub(super) fn run(&mut self) {
        for _ in 0..2_000_000 {
            if !self.step() && !self.wait(Duration::from_millis(1_900)) {
                return;
            }
        }
        panic!("it does not end");
    }

    /// Time passes until the next timeout, if that is soon.
    pub(super) fn wait(&mut self, most: Duration) -> bool {
        let due = self
            .sides
            .iter()
            .filter_map(|side| side.endpoint.poll_timeout())
            .min();
        let Some(due) = due.filter(|due| *due - self.now <= most) else {
            return false;
        };
        self.now = self.now.max(due);
        for side in &mut self.sides {
            side.endpoint.on_timeout(self.now);
        }
        true
    }

    fn collect(&mut self, index: usize) {
        let side = &mut self.sides[index];
        while let Some(output) = side.endpoint.poll_output(self.now) {
            match output {
                Output::Control(text) => {
                    side.endpoint.on_control_sent(1, self.now);
                    if self.connected {
                        self.control[1 - index].push_back(text);
                    }
                }
                Output::Disk(request) => side.requests.push_back(request),
                Output::Event(event) => {
                    match &event {
                        Event::Offered(id) if side.accepts => {
                            let secret = Secret([77; 32]);
                            // It may be over already.
                            if let Some(offer) = side.endpoint.incoming(*id).cloned() {
                                side.accepted.insert(*id, (offer, secret));
                                side.destinations.entry(*id).or_default();
                                side.endpoint.accept(*id, secret, self.now);
                            }
                        }
                        Event::Found(id, role) if !side.found.contains(&(*id, *role)) => {
                            side.found.push((*id, *role));
                        }
                        _ => {}
                    }
                    side.events.push(event);
                }
                Output::Close(reason) => side.closed.push(reason),
            }
        }
        while self.connected && self.bulk[1 - index].len() < self.in_flight {
            match side.endpoint.poll_bulk(self.now) {
                Some(message) => self.bulk[1 - index].push(message),
                None => break,
            }
        }
        if side.closed.is_empty() {
            return;
        }
        self.connected = false;
    }

    fn perform(&mut self, index: usize, request: &DiskRequest) {
        let now = self.now;
        let side = &mut self.sides[index];
        let id = request.id();
        let is_stuck = side.stuck.contains(&id);
        match request {
            // Dropped.
            DiskRequest::Find { .. } | DiskRequest::Keep { .. } if is_stuck => {}
            DiskRequest::Manifest {
                first,
                max_json_bytes,
                ..
            } => {
                let batch = side.sources[&id].manifest(*first, *max_json_bytes);
                side.endpoint.on_manifest(id, *first, Ok(batch), now);
            }
            DiskRequest::Read {
                read,
                entry,
                offset,
                length,
                ..
            } => {
                let outcome = side.sources[&id].read(*entry, *offset, *length);
                side.endpoint.on_read(*read, outcome, now);
            }
            DiskRequest::Find { first, count, .. } => {
                if let Some(destination) = side.destinations.get(&id) {
                    let found = destination.find(*first, *count);
                    side.endpoint.on_found(id, *first, &found, now);
                }
            }
            DiskRequest::Compare {
                write,
                entry,
                expected,
                ..
            } => {
                let of = side.destinations.get_mut(&id);
                let equal = !is_stuck && of.is_some_and(|of| of.compare(*entry, expected));
                let of = (id, *entry);
                side.endpoint.on_compared(*write, of, expected, equal, now);
            }
            DiskRequest::Keep { entry, hash, .. } => {
                let of = side.destinations.get_mut(&id);
                if of.is_some_and(|of| of.keep(*entry, *hash)) {
                    side.endpoint.on_finished(id, *entry, now);
                } else {
                    side.endpoint.on_not_kept(id, *entry, now);
                }
            }
            _ => {
                let succeeded = !is_stuck
                    && side
                        .destinations
                        .get_mut(&id)
                        .is_some_and(|destination| destination.perform(request));
                if let DiskRequest::Write { write, piece, .. } = request {
                    side.endpoint.on_written(*write, id, piece.len(), now);
                }
                if !succeeded {
                    side.stuck.push(id);
                    return side.endpoint.on_disk_problem(id, Code::DiskFull, now);
                }
                let durable = side.destinations[&id].durable_bytes();
                match request {
                    DiskRequest::Finish { entry, .. } => side.endpoint.on_finished(id, *entry, now),
                    DiskRequest::Checkpoint { .. } => {
                        side.endpoint.on_checkpoint(id, durable, now);
                    }
                    DiskRequest::Conclude { .. } => side.endpoint.on_concluded(id, now),
                    _ => {}
                }
            }
        }
    }

    /// The disk of a transfer works again.
    pub(super) fn mend(&mut self, index: usize, id: TransferId) {
        // What was requested before is dropped.
        self.collect(index);
        while let Some(position) = self.sides[index]
            .requests
            .iter()
            .position(|request| request.id() == id)
        {
            let request = self.sides[index].requests.remove(position).unwrap();
            self.perform(index, &request);
        }
        let side = &mut self.sides[index];
        side.stuck.retain(|stuck| *stuck != id);
        let destination = side.destinations.get_mut(&id).unwrap();
        destination.full = false;
        let restored = destination.lose_power();
        side.endpoint.on_disk_mended(id, restored, self.now);
    }
}
