//! Senders of one offer, whose recipients take what they get in simulated order.

use std::sync::atomic::{AtomicBool, AtomicUsize};

use bytes::Bytes;
use maru_transfer::{
    Time,
    control::{ControlMessage, Entry, Secret, Wanted},
    endpoint::{DiskRequest, Endpoint, Event, Identity, Offer, Outgoing, Output, ReadId},
    hash::{FileHash, GROUP_BYTES},
    resume::Fingerprints,
};

use super::*;

const GROUP: usize = 1 << 20;

/// A sender of all files to one recipient.
struct Sender {
    id: TransferId,
    endpoint: Endpoint,
    shared: Arc<SharedReads>,
    version: u64,
    sizes: Arc<[u64]>,
    /// Read and not reported: the disk is not faster than the recipients.
    reads: VecDeque<(ReadId, Position, u64, bool)>,
    permitted: u64,
    hash: Option<FileHash>,
    entries: u32,
}

impl Sender {
    fn new(number: u8, sizes: &Arc<[u64]>, shared: &Arc<SharedReads>) -> Self {
        let id = TransferId([number; 16]);
        let uuid = "00000000-0000-4000-8000-000000000001";
        let identity = Identity {
            participant: serde_json::from_value(uuid.into()).unwrap(),
            incarnation: serde_json::from_value(uuid.into()).unwrap(),
        };
        let mut sender = Self {
            id,
            endpoint: Endpoint::new(identity),
            shared: Arc::clone(shared),
            version: 0,
            sizes: Arc::clone(sizes),
            reads: VecDeque::new(),
            permitted: 0,
            hash: None,
            entries: 0,
        };
        let now = Time::default();
        let fingerprints = Fingerprints {
            own: [1; 32],
            partner: [2; 32],
        };
        sender.endpoint.on_connected(fingerprints, Vec::new(), now);
        sender.say(&ControlMessage::Hello {
            version: 1,
            participant: identity.participant,
            incarnation: identity.incarnation,
            features: Vec::new(),
        });
        let outgoing = Outgoing {
            offer: Offer {
                id,
                number: number.into(),
                files: u32::try_from(sizes.len()).unwrap(),
                folders: 0,
                bytes: sizes.iter().sum(),
                names: Vec::<Entry>::new(),
                skipped: 0,
                secret: Secret([number; 32]),
            },
            sizes: Arc::clone(sizes),
            partner_secret: None,
            paused: false,
            failed: maru_transfer::FailedEntries::default(),
        };
        sender.endpoint.send_transfer(outgoing, now);
        sender.say(&ControlMessage::Accept {
            id,
            secret: Secret([7; 32]),
        });
        sender
    }

    fn say(&mut self, message: &ControlMessage) {
        let text = message.encode().unwrap();
        self.endpoint.on_control(text.as_bytes(), Time::default());
    }

    fn want_all(&mut self) {
        let (id, entry, wanted) = (self.id, 0, Wanted::Count(None));
        self.say(&ControlMessage::Want { id, entry, wanted });
    }

    /// The recipient takes one message more.
    fn permit(&mut self) {
        self.permitted += 1;
        self.say(&ControlMessage::Credit {
            bytes: 1 << 50,
            messages: self.permitted,
            arrived: 0,
            delay: None,
        });
    }

    /// Does what there is to do, as a link does. Counts what is read from the disk.
    fn run(&mut self, disk: &AtomicUsize) {
        let now = Time::default();
        loop {
            if let Some(at_hand) = self.shared.at_hand(&mut self.version) {
                self.endpoint.set_at_hand(self.id, at_hand);
            }
            while let Some(output) = self.endpoint.poll_output(now) {
                self.take(output);
            }
            let Some((read, position, size, _)) = self.reads.pop_front() else {
                if self.endpoint.poll_bulk(now).is_none() {
                    return;
                }
                continue;
            };
            let (group, _) = self
                .shared
                .read(self.id, position, size, || {
                    disk.fetch_add(1, Ordering::Relaxed);
                    Ok(content(position, size))
                })
                .unwrap();
            self.endpoint
                .on_hashed_read(read, Ok((group.pieces, group.hash)), now);
        }
    }

    fn take(&mut self, output: Output) {
        match output {
            Output::Disk(DiskRequest::Read {
                read,
                entry,
                offset,
                size,
                last,
                ..
            }) => {
                let position = Position { entry, offset };
                self.reads.push_back((read, position, size, last));
            }
            Output::Event(Event::Sent(_, hash)) => self.hash = Some(hash),
            _ => {}
        }
    }

    fn is_done(&mut self) -> bool {
        let role = maru_transfer::resume::Role::Sender;
        let progress = self.endpoint.progress(self.id, role).unwrap();
        self.entries = progress.files_done;
        self.entries as usize == self.sizes.len()
    }
}

fn content(position: Position, size: u64) -> Group {
    let length = usize::try_from(size - position.offset).unwrap().min(GROUP);
    let byte = u8::try_from(position.offset / GROUP_BYTES % 251).unwrap();
    let pieces = vec![Piece::Bytes(Bytes::from(vec![byte; length]))];
    let group = position.offset / GROUP_BYTES;
    let hash = (length > 0).then(|| maru_transfer::hash_pieces(size, group, &pieces).unwrap());
    Group { pieces, hash }
}

fn file(groups: u64) -> Arc<[u64]> {
    [groups * GROUP_BYTES - 5].into()
}

/// Whichever takes a message next is chosen at random among those that `take`.
fn run_until(
    senders: &mut [Sender],
    random: &mut fastrand::Rng,
    disk: &AtomicUsize,
    mut is_over: impl FnMut(&mut [Sender]) -> bool,
) {
    for _ in 0..1_000_000 {
        if is_over(senders) {
            return;
        }
        let sender = random.usize(..senders.len());
        senders[sender].permit();
        senders[sender].run(disk);
    }
    panic!("it does not come to an end");
}

fn all_done(senders: &mut [Sender]) -> bool {
    senders.iter_mut().all(Sender::is_done)
}

#[test]
fn recipients_of_the_same_speed_need_one_read() {
    for seed in 0..5 {
        for sizes in [file(150), vec![1_000; 5_000].into()] {
            let shared = SharedReads::new(SharedMemory::new());
            let mut random = fastrand::Rng::with_seed(seed);
            let mut senders: Vec<Sender> =
                (1..=3).map(|it| Sender::new(it, &sizes, &shared)).collect();
            let disk = AtomicUsize::new(0);
            senders.iter_mut().for_each(Sender::want_all);
            run_until(&mut senders, &mut random, &disk, all_done);
            let needed = if sizes.len() == 1 { 150 } else { 5_000 };
            let reads = disk.load(Ordering::Relaxed);
            assert!(reads >= needed && reads * 10 <= needed * 12, "{reads}");
            let first = senders[0].hash;
            assert!(senders.iter().all(|sender| sender.hash == first));
            assert_eq!(first.is_some(), sizes.len() == 1);
        }
    }
}

#[test]
fn one_that_takes_nothing_does_not_hold_back_the_others() {
    let sizes = file(100);
    let shared = SharedReads::new(SharedMemory::new());
    let mut random = fastrand::Rng::with_seed(7);
    let mut stalled = Sender::new(3, &sizes, &shared);
    let mut senders: Vec<Sender> = (1..=2).map(|it| Sender::new(it, &sizes, &shared)).collect();
    let disk = AtomicUsize::new(0);
    stalled.want_all();
    stalled.run(&disk);
    senders.iter_mut().for_each(Sender::want_all);
    run_until(&mut senders, &mut random, &disk, all_done);
    assert!(!stalled.is_done());
    let reads = disk.load(Ordering::Relaxed);
    assert!(reads <= 120, "{reads}");
    // It reads the rest by itself.
    let mut rest = [stalled];
    run_until(&mut rest, &mut random, &disk, all_done);
    assert_eq!(rest[0].hash, senders[0].hash);
    let all = disk.load(Ordering::Relaxed);
    assert!(all <= 120 + 100, "{all}");
}

#[test]
fn one_that_comes_later_reads_only_what_it_missed() {
    let sizes = file(150);
    let shared = SharedReads::new(SharedMemory::new());
    let mut random = fastrand::Rng::with_seed(9);
    let mut senders = vec![Sender::new(1, &sizes, &shared)];
    let disk = AtomicUsize::new(0);
    senders[0].want_all();
    run_until(&mut senders, &mut random, &disk, |_| {
        disk.load(Ordering::Relaxed) >= 60
    });
    let mut late = Sender::new(2, &sizes, &shared);
    late.want_all();
    senders.push(late);
    run_until(&mut senders, &mut random, &disk, all_done);
    let reads = disk.load(Ordering::Relaxed);
    assert!((200..=235).contains(&reads), "{reads}");
    assert_eq!(senders[0].hash, senders[1].hash);
}

fn position(entry: u32) -> Position {
    Position { entry, offset: 0 }
}

fn id(number: u8) -> TransferId {
    TransferId([number; 16])
}

#[test]
fn nothing_is_kept_for_one_recipient() {
    let shared = SharedReads::new(SharedMemory::new());
    for _ in 0..2 {
        let read = shared.read(id(1), position(1), 9, || Ok(content(position(1), 9)));
        assert!(!read.unwrap().1, "from the disk");
    }
    // With a second one it is, until that leaves.
    shared
        .read(id(2), position(1), 9, || Ok(content(position(1), 9)))
        .unwrap();
    assert!(
        shared
            .read(id(1), position(1), 9, || Err(Code::Missing))
            .unwrap()
            .1
    );
    shared.leave(id(2));
    let read = shared.read(id(1), position(1), 9, || Err(Code::Missing));
    assert_eq!(read, Err(Code::Missing));
}

#[test]
fn what_fails_for_one_is_tried_again_for_the_others() {
    let shared = SharedReads::new(SharedMemory::new());
    let read = shared.read(id(1), position(1), 9, || Err(Code::Denied));
    assert_eq!(read, Err(Code::Denied));
    let read = shared.read(id(2), position(1), 9, || Ok(content(position(1), 9)));
    assert!(!read.unwrap().1);
}

#[test]
fn what_is_kept_is_bounded() {
    let shared = SharedReads::new(SharedMemory::new());
    let size = 100 * GROUP_BYTES;
    for group in 0..100 {
        let position = Position {
            entry: 0,
            offset: group * GROUP_BYTES,
        };
        for number in 1..=2 {
            shared
                .read(id(number), position, size, || Ok(content(position, size)))
                .unwrap();
        }
        assert!(shared.lock().kept <= MAX_KEPT);
    }
    for entry in 0..6_000 {
        shared
            .read(id(1), position(entry), 1, || {
                Ok(content(position(entry), 1))
            })
            .unwrap();
        assert!(shared.lock().order.len() <= MAX_READS);
    }
}

#[test]
fn two_that_need_the_same_at_once_read_it_once() {
    let shared = SharedReads::new(SharedMemory::new());
    // Both take part.
    for number in 1..=2 {
        shared
            .read(id(number), position(0), 1, || Ok(content(position(0), 1)))
            .unwrap();
    }
    let is_reading = Arc::new(AtomicBool::new(false));
    let first = {
        let (shared, is_reading) = (Arc::clone(&shared), Arc::clone(&is_reading));
        std::thread::spawn(move || {
            shared.read(id(1), position(1), 9, || {
                is_reading.store(true, Ordering::Release);
                // Until the other one has asked, or has not for long enough.
                for _ in 0..1_000 {
                    if shared.lock().asked == 4 {
                        break;
                    }
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
                Ok(content(position(1), 9))
            })
        })
    };
    while !is_reading.load(Ordering::Acquire) {
        std::thread::yield_now();
    }
    let second = shared.read(id(2), position(1), 9, || Err(Code::Missing));
    assert_eq!(second.unwrap(), (content(position(1), 9), true));
    assert!(!first.join().unwrap().unwrap().1);
}
