//! What the state machines cost: many small files through two endpoints in memory, without disks and network.
//! `cargo run --release -p maru-transfer --example many_files -- 100000 1000`

use std::time::{Duration, Instant};

use bytes::Bytes;
use maru_transfer::{
    Piece, Time,
    control::{Entry, EntryKind, Modified, RelativePath, Secret, TransferId},
    endpoint::{DiskRequest, Endpoint, Event, Identity, Offer, Outgoing, Output},
    resume::Fingerprints,
};

const BATCH: u32 = 150;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let mut next = |default| arguments.next().and_then(Result::ok).unwrap_or(default);
    let (files, size) = (next(100_000), next(1_000));
    let files = u32::try_from(files).unwrap_or(u32::MAX);
    let id = serde_json::Value::from("00000000-0000-4000-8000-000000000001");
    let identity = Identity {
        participant: serde_json::from_value(id.clone()).expect("valid"),
        incarnation: serde_json::from_value(id).expect("valid"),
    };
    let mut sides = [Endpoint::new(identity), Endpoint::new(identity)];
    let now = Time::new(Duration::from_secs(1));
    for side in &mut sides {
        let fingerprints = Fingerprints {
            own: [1; 32],
            partner: [1; 32],
        };
        side.on_connected(fingerprints, Vec::new(), now);
    }
    let offer = Offer {
        id: TransferId([1; 16]),
        number: 1,
        files,
        folders: 0,
        bytes: u64::from(files) * size,
        names: Vec::new(),
        skipped: 0,
        secret: Secret([1; 32]),
    };
    let outgoing = Outgoing {
        offer,
        sizes: vec![size; files as usize].into(),
        partner_secret: None,
        paused: false,
        failed: maru_transfer::FailedEntries::default(),
    };
    let began = Instant::now();
    sides[0].send_transfer(outgoing, now);
    let content = Bytes::from(vec![
        7;
        usize::try_from(size.min(1 << 20)).unwrap_or_default()
    ]);
    let mut messages = [0_u64; 2];
    let mut ended = 0;
    while ended < 2 {
        let now = Time::new(Duration::from_secs(1) + began.elapsed());
        for index in 0..2 {
            let (left, right) = sides.split_at_mut(1);
            let (side, other) = match index {
                0 => (&mut left[0], &mut right[0]),
                _ => (&mut right[0], &mut left[0]),
            };
            if side.poll_timeout().is_some_and(|at| at <= now) {
                side.on_timeout(now);
            }
            while let Some(output) = side.poll_output(now) {
                match output {
                    Output::Control(text) => {
                        messages[0] += 1;
                        side.on_control_sent(1, now);
                        other.on_control(text.as_bytes(), now);
                    }
                    Output::Event(Event::Offered(id)) => side.accept(id, Secret([2; 32]), now),
                    Output::Event(Event::Ended { .. }) => ended += 1,
                    Output::Event(_) => {}
                    Output::Disk(request) => perform(side, request, (files, size), &content, now),
                    Output::Close(reason) => panic!("{reason:?}"),
                }
            }
            while let Some(message) = side.poll_bulk(now) {
                messages[1] += 1;
                other.on_bulk(message, now);
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let megabytes = f64::from(files) * (size as f64) / 1e6;
    eprintln!(
        "{files} files of {size} bytes in {seconds:.2} s: {:.0} files/s, {:.0} MB/s, {} control and {} bulk messages",
        f64::from(files) / seconds,
        megabytes / seconds,
        messages[0],
        messages[1],
    );
}

fn perform(
    side: &mut Endpoint,
    request: DiskRequest,
    (files, size): (u32, u64),
    content: &Bytes,
    now: Time,
) {
    let id = request.id();
    match request {
        DiskRequest::Manifest { first, .. } => {
            let until = files.min(first + BATCH);
            let entry = |at: u32| Entry {
                path: RelativePath::new(&format!("folder/{at}.jpg")).expect("valid"),
                kind: EntryKind::File { size },
                modified: Modified {
                    seconds: 0,
                    nanoseconds: 0,
                },
            };
            let entries = (first..until).map(entry).collect();
            side.on_manifest(id, first, Ok((entries, until == files)), now);
        }
        DiskRequest::Read { read, length, .. } => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let pieces = vec![Piece::Bytes(content.slice(..length))];
            side.on_read(read, Ok(pieces), now);
        }
        DiskRequest::Write { write, piece, .. } => side.on_written(write, id, piece.len(), now),
        DiskRequest::Finish { entry, .. } => side.on_finished(id, entry, now),
        DiskRequest::Checkpoint { .. } => side.on_checkpoint(id, 0, now),
        DiskRequest::Conclude { .. } => side.on_concluded(id, now),
        DiskRequest::Store { .. }
        | DiskRequest::Find { .. }
        | DiskRequest::Compare { .. }
        | DiskRequest::Keep { .. }
        | DiskRequest::Verified { .. }
        | DiskRequest::Fail { .. } => {}
    }
}
