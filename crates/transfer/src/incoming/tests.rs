use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::hash::{GroupHash, GroupHasher, hash_zeros};

/// Sizes at the boundaries of groups, up to three of them.
fn size() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(GROUP_BYTES - 1),
        Just(GROUP_BYTES),
        Just(GROUP_BYTES + 1),
        Just(3 * GROUP_BYTES),
        2..3 * GROUP_BYTES,
    ]
}

/// Bytes that differ everywhere, with a hole at `hole`.
fn content(size: u64, hole: &Range<u64>) -> Vec<u8> {
    let mut content = Vec::new();
    let mut reader = blake3::Hasher::new().update(b"content").finalize_xof();
    content.resize(usize::try_from(size).unwrap(), 0);
    reader.fill(&mut content);
    for offset in hole.clone() {
        content[usize::try_from(offset).unwrap()] = 0;
    }
    content
}

fn digests_of(content: &[u8]) -> Vec<Digest> {
    let size = content.len() as u64;
    (0..group_count(size))
        .filter_map(|group| {
            let mut hasher = GroupHasher::new(size, group).unwrap();
            let start = usize::try_from(group * GROUP_BYTES).unwrap();
            let length = usize::try_from(group_length(size, group).unwrap()).unwrap();
            hasher.update(&content[start..start + length]).unwrap();
            match hasher.finish().unwrap() {
                GroupHash::Digest(digest) => Some(digest),
                GroupHash::File(_) => None,
            }
        })
        .collect()
}

#[derive(Debug, Clone)]
enum Arrival {
    Bytes(Range<u64>),
    Hole,
    Digests(u64, u64),
    End,
}

/// A sender, a file in the making, and what is written on the way.
struct Transfer {
    content: Vec<u8>,
    digests: Vec<Digest>,
    hole: Range<u64>,
    file: IncomingFile,
    written: Vec<u8>,
    write_count: Vec<u8>,
    wanted: Vec<u64>,
    complete: Option<FileHash>,
    corrupt: bool,
}

impl Transfer {
    fn new(size: u64, hole: Range<u64>) -> Self {
        let content = content(size, &hole);
        Self {
            digests: digests_of(&content),
            hole,
            file: IncomingFile::new(size).unwrap(),
            // Not what is expected, in case nothing is written.
            written: vec![0xee; content.len()],
            write_count: vec![0; content.len()],
            wanted: Vec::new(),
            complete: None,
            corrupt: false,
            content,
        }
    }

    fn hash(&self) -> FileHash {
        FileHash(*blake3::hash(&self.content).as_bytes())
    }

    fn bytes(&self, range: &Range<u64>) -> Bytes {
        let at = |offset: u64| usize::try_from(offset).unwrap();
        Bytes::copy_from_slice(&self.content[at(range.start)..at(range.end)])
    }

    fn arrive(&mut self, arrival: &Arrival) {
        match arrival {
            Arrival::Bytes(range) => {
                let piece = Piece::Bytes(self.bytes(range));
                self.file
                    .insert(range.start, &piece, Source::Network)
                    .unwrap();
            }
            Arrival::Hole => {
                let length = self.hole.end - self.hole.start;
                self.file
                    .insert(self.hole.start, &Piece::Zeros(length), Source::Network)
                    .unwrap();
            }
            Arrival::Digests(first, end) => {
                let at = |group: u64| usize::try_from(group).unwrap();
                let digests = self.digests[at(*first)..at(*end)].to_vec();
                self.file.insert_digests(*first, &digests).unwrap();
            }
            Arrival::End => {
                let size = self.content.len() as u64;
                self.file.insert_end(size, Some(self.hash())).unwrap();
            }
        }
        self.handle_events();
    }

    fn handle_events(&mut self) {
        while self.file.hash_holes(1) {}
        while let Some(event) = self.file.poll_event() {
            assert!(
                self.complete.is_none() && !self.corrupt,
                "{event:?} after the end"
            );
            match event {
                FileEvent::Write(offset, piece) => {
                    let start = usize::try_from(offset).unwrap();
                    let end = start + usize::try_from(piece.len()).unwrap();
                    match &piece {
                        Piece::Bytes(bytes) => self.written[start..end].copy_from_slice(bytes),
                        Piece::Zeros(_) => self.written[start..end].fill(0),
                    }
                    for count in &mut self.write_count[start..end] {
                        *count += 1;
                    }
                }
                FileEvent::Verified(..) => {}
                FileEvent::WantGroup(group) => self.wanted.push(group),
                FileEvent::Complete(hash) => self.complete = Some(hash),
                FileEvent::Corrupt => self.corrupt = true,
            }
        }
    }
}

/// Everything that a sender sends, in pieces within groups, some of it twice.
fn arrivals(size: u64, hole: Range<u64>) -> impl Strategy<Value = Vec<Arrival>> {
    let pieces = prop::collection::vec((1..GROUP_BYTES, prop::bool::weighted(0.2)), 1..24);
    pieces
        .prop_flat_map(move |pieces| {
            let mut all = Vec::new();
            let (mut at, mut index) = (0, 0);
            while at < size {
                let (length, twice) = pieces[index % pieces.len()];
                let group_end = (at / GROUP_BYTES + 1) * GROUP_BYTES;
                // The first pieces of a list repeat: small ones become larger, so that this ends.
                let end = size
                    .min(group_end)
                    .min(at + length * (1 + index as u64 / 8));
                all.push(Arrival::Bytes(at..end));
                if twice {
                    all.push(Arrival::Bytes(
                        at.saturating_sub(length).max(group_end - GROUP_BYTES)..end,
                    ));
                }
                at = end;
                index += 1;
            }
            if !hole.is_empty() {
                all.push(Arrival::Hole);
            }
            let groups = group_count(size);
            if groups > 1 {
                all.extend((0..groups).map(|group| Arrival::Digests(group, group + 1)));
                all.push(Arrival::Digests(0, groups));
            }
            all.push(Arrival::End);
            Just(all).prop_shuffle()
        })
        .boxed()
}

fn file() -> impl Strategy<Value = (u64, Range<u64>)> {
    size().prop_flat_map(|size| {
        (0..=size, 0..=size).prop_map(move |(one, other)| (size, one.min(other)..one.max(other)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_the_order_a_file_is_written_once_and_complete_at_the_last_arrival(
        (size, hole, all) in file().prop_flat_map(|(size, hole)| {
            (Just(size), Just(hole.clone()), arrivals(size, hole))
        }),
    ) {
        let mut transfer = Transfer::new(size, hole);
        for (index, arrival) in all.iter().enumerate() {
            transfer.arrive(arrival);
            prop_assert_eq!(transfer.complete.is_some(), transfer.file.is_finished());
            if index + 1 < all.len() && transfer.complete.is_some() {
                // Only repetitions can follow.
                prop_assert_eq!(transfer.file.missing(), 0);
            }
        }
        prop_assert_eq!(transfer.complete, Some(transfer.hash()));
        prop_assert!(transfer.written == transfer.content);
        prop_assert!(transfer.write_count.iter().all(|count| *count == 1));
        prop_assert_eq!(transfer.wanted, Vec::<u64>::new());
    }

    #[test]
    fn one_wrong_bit_is_found_in_its_group_and_nothing_else_is_wanted_again(
        size in size().prop_filter("has bytes", |size| *size > 0),
        at in any::<prop::sample::Index>(),
        times in 1..4_u8,
    ) {
        let mut transfer = Transfer::new(size, 0..0);
        let wrong = at.index(usize::try_from(size).unwrap());
        let bad_group = wrong as u64 / GROUP_BYTES;
        let groups = group_count(size);
        if groups > 1 {
            transfer.arrive(&Arrival::Digests(0, groups));
        }
        let range = |group: u64| {
            let start = group * GROUP_BYTES;
            start..start + group_length(size, group).unwrap()
        };
        let correct = transfer.content.clone();
        for group in 0..groups {
            transfer.content[wrong] ^= 1;
            let sent = Arrival::Bytes(range(group));
            transfer.arrive(&sent);
            transfer.content.clone_from(&correct);
        }
        transfer.arrive(&Arrival::End);
        for failure in 1..times {
            prop_assert_eq!(&transfer.wanted, &vec![bad_group; usize::from(failure)]);
            if groups > 1 {
                transfer.arrive(&Arrival::Digests(bad_group, bad_group + 1));
            }
            transfer.content[wrong] ^= 1;
            let sent = Arrival::Bytes(range(bad_group));
            transfer.arrive(&sent);
            transfer.content.clone_from(&correct);
            transfer.arrive(&Arrival::End);
        }
        if times < 3 {
            prop_assert!(!transfer.corrupt);
            prop_assert_eq!(&transfer.wanted, &vec![bad_group; usize::from(times)]);
            if groups > 1 {
                transfer.arrive(&Arrival::Digests(bad_group, bad_group + 1));
            }
            transfer.arrive(&Arrival::Bytes(range(bad_group)));
            transfer.arrive(&Arrival::End);
            prop_assert_eq!(transfer.complete, Some(transfer.hash()));
            prop_assert!(transfer.written == transfer.content);
        } else {
            prop_assert!(transfer.corrupt);
        }
    }
}

#[test]
fn what_is_on_disk_is_verified_and_not_written() {
    let mut transfer = Transfer::new(2 * GROUP_BYTES + 5, 0..0);
    transfer.arrive(&Arrival::Digests(0, 3));
    transfer.arrive(&Arrival::End);
    let on_disk = 0..GROUP_BYTES;
    let piece = Piece::Bytes(transfer.bytes(&on_disk));
    transfer.file.insert(0, &piece, Source::Disk).unwrap();
    transfer.handle_events();
    assert_eq!(transfer.file.missing(), GROUP_BYTES + 5);
    assert!(transfer.write_count.iter().all(|count| *count == 0));
    transfer.arrive(&Arrival::Bytes(GROUP_BYTES..2 * GROUP_BYTES));
    transfer.arrive(&Arrival::Bytes(2 * GROUP_BYTES..2 * GROUP_BYTES + 5));
    assert_eq!(transfer.complete, Some(transfer.hash()));
}

#[test]
fn zeros_need_no_bytes_and_are_hashed_in_steps() {
    let size = 64 * GROUP_BYTES;
    let mut file = IncomingFile::new(size).unwrap();
    file.insert(0, &Piece::Zeros(size), Source::Network)
        .unwrap();
    assert_eq!(
        file.poll_event(),
        Some(FileEvent::Write(0, Piece::Zeros(size)))
    );
    assert_eq!(file.missing(), 0);
    assert!(!file.hash_holes(10), "not before there are digests");
    assert_eq!(file.poll_event(), None);
    let digests: Vec<Digest> = (0..64)
        .map(|group| match hash_zeros(size, group).unwrap() {
            GroupHash::Digest(digest) => digest,
            GroupHash::File(_) => unreachable!(),
        })
        .collect();
    file.insert_digests(5, &digests[5..]).unwrap();
    file.insert_digests(0, &digests[..5]).unwrap();
    file.insert_end(size, None).unwrap();
    let mut steps = 1;
    while file.hash_holes(10) {
        steps += 1;
    }
    assert_eq!(steps, 7);
    let events: Vec<FileEvent> = std::iter::from_fn(|| file.poll_event()).collect();
    assert_eq!(events.len(), 65);
    assert!(matches!(events[64], FileEvent::Complete(_)));
}

#[test]
fn the_largest_hole_costs_no_more_than_a_small_one() {
    let size = crate::limits::MAX_FILE_BYTES;
    let mut file = IncomingFile::new(size).unwrap();
    let middle = 1_000 * GROUP_BYTES + 5;
    file.insert(middle, &Piece::Zeros(GROUP_BYTES), Source::Network)
        .unwrap();
    for _ in 0..2 {
        file.insert(0, &Piece::Zeros(size), Source::Network)
            .unwrap();
    }
    assert_eq!(file.missing(), 0);
    let mut written = Ranges::new();
    while let Some(FileEvent::Write(offset, piece)) = file.poll_event() {
        assert_eq!(written.insert(offset..offset + piece.len()), piece.len());
    }
    assert_eq!(written.total(), size);
    assert_eq!(file.unverified().total(), group_count(size));
    let held = file.held();
    assert!(held.ranges < 10 && held.groups == 0, "{held:?}");
}

#[test]
fn pieces_that_wait_keep_no_message() {
    let mut file = IncomingFile::new(2 * GROUP_BYTES).unwrap();
    let message = Bytes::from(vec![1; 200_000]);
    let piece = Piece::Bytes(message.slice(10..11));
    file.insert(10, &piece, Source::Network).unwrap();
    while file.poll_event().is_some() {}
    drop(piece);
    assert!(message.is_unique());
    assert!(file.waiting() >= 100, "the overhead counts");
    let first = Piece::Bytes(Bytes::from(vec![1; 10]));
    file.insert(0, &first, Source::Network).unwrap();
    assert_eq!(file.waiting(), 0);
}

#[test]
fn what_violates_the_format_is_an_error_and_changes_nothing() {
    let byte = |count: usize| Piece::Bytes(vec![1; count].into());
    let mut file = IncomingFile::new(GROUP_BYTES * 100).unwrap();
    let end = GROUP_BYTES * 100;
    for (offset, piece) in [
        (end, byte(1)),
        (end - 1, byte(2)),
        (u64::MAX, byte(1)),
        (0, Piece::Zeros(u64::MAX)),
        (1, Piece::Zeros(end)),
    ] {
        let result = file.insert(offset, &piece, Source::Network);
        assert_eq!(result, Err(FileError::BeyondEnd), "{offset}");
    }
    let digest = Digest([0; 32]);
    assert_eq!(
        file.insert_digests(100, &[digest]),
        Err(FileError::BeyondEnd)
    );
    assert_eq!(
        file.insert_digests(u64::MAX, &[digest]),
        Err(FileError::BeyondEnd)
    );
    let hash = FileHash([0; 32]);
    assert_eq!(file.insert_end(end - 1, Some(hash)), Err(FileError::Size));
    // A byte in each of many groups: each has a state of 2 KiB.
    for group in 0..MAX_OPEN_GROUPS as u64 {
        file.insert(group * GROUP_BYTES, &byte(1), Source::Network)
            .unwrap();
    }
    let one_more = MAX_OPEN_GROUPS as u64 * GROUP_BYTES;
    let result = file.insert(one_more, &byte(1), Source::Network);
    assert_eq!(result, Err(FileError::TooManyGroups));
    assert_eq!(file.missing(), end - MAX_OPEN_GROUPS as u64);
    // More of a group that is open is no problem, and neither are whole groups of zeros.
    file.insert(1, &byte(1), Source::Network).unwrap();
    file.insert(one_more, &Piece::Zeros(end - one_more), Source::Network)
        .unwrap();
    let mut small = IncomingFile::new(5).unwrap();
    assert_eq!(
        small.insert_digests(0, &[digest]),
        Err(FileError::NoDigests)
    );
}

#[test]
fn groups_that_agree_in_a_file_that_does_not_are_corrupt() {
    let mut transfer = Transfer::new(2 * GROUP_BYTES, 0..0);
    transfer.arrive(&Arrival::Digests(0, 2));
    transfer.arrive(&Arrival::Bytes(0..GROUP_BYTES));
    transfer.arrive(&Arrival::Bytes(GROUP_BYTES..2 * GROUP_BYTES));
    transfer
        .file
        .insert_end(2 * GROUP_BYTES, Some(FileHash([7; 32])))
        .unwrap();
    transfer.handle_events();
    assert!(transfer.corrupt);
}
