//! Any message, within all limits.

use maru_protocol::SdpType;
use maru_protocol::{Description, IceCandidate, Open};
use proptest::{collection, option, prelude::*, sample::select};

use super::super::*;
use crate::hash::MAX_GROUPS;
use crate::limits::{MAX_ENTRIES, MAX_NAMES, MAX_STRIPES, MAX_TRANSFERS};

/// Any integer of the wire, and the greatest.
fn integer() -> impl Strategy<Value = u64> {
    prop_oneof![0..1u64 << 53, Just((1 << 53) - 1), 0..3u64]
}

fn id() -> impl Strategy<Value = TransferId> {
    any::<[u8; 16]>().prop_map(TransferId)
}

fn secret() -> impl Strategy<Value = Secret> {
    any::<[u8; 32]>().prop_map(Secret)
}

fn code() -> impl Strategy<Value = Open<Code>> {
    prop_oneof![
        4 => select(&Code::ALL[..]).prop_map(Open::Known),
        1 => "later-\\PC{0,14}".prop_map(Open::Other),
    ]
}

fn entry_number() -> impl Strategy<Value = u32> {
    prop_oneof![0..MAX_ENTRIES, Just(MAX_ENTRIES - 1)]
}

fn path() -> impl Strategy<Value = RelativePath> {
    prop_oneof![
        // A component may consist of dots and other characters, also of quotes and control characters.
        "[^/\0]{0,20}[^/\0.]",
        "\\.{3,9}(/[a-z\\\\:\"한 ]{1,9}){0,8}",
        "(a/){0,63}a",
    ]
    .prop_map(|text| RelativePath::new(&text).expect("relative"))
}

fn entry() -> impl Strategy<Value = Entry> {
    let kind = prop_oneof![
        3 => integer().prop_map(|size| EntryKind::File { size }),
        1 => Just(EntryKind::Folder),
    ];
    let modified = (integer(), any::<bool>(), 0..1_000_000_000u32).prop_map(
        |(seconds, before, nanoseconds)| {
            let seconds = i64::try_from(seconds).expect("below 2^53");
            Modified {
                seconds: if before { -seconds } else { seconds },
                nanoseconds,
            }
        },
    );
    (path(), kind, modified).prop_map(|(path, kind, modified)| Entry {
        path,
        kind,
        modified,
    })
}

fn group_range() -> impl Strategy<Value = GroupRange> {
    (0..MAX_GROUPS)
        .prop_flat_map(|first| (Just(first), 1..=MAX_GROUPS - first))
        .prop_map(|(first, count)| GroupRange { first, count })
}

fn want() -> impl Strategy<Value = ControlMessage> {
    let count = entry_number()
        .prop_flat_map(|entry| (Just(entry), option::of(1..=MAX_ENTRIES - entry)))
        .prop_map(|(entry, count)| (entry, Wanted::Count(count)));
    let groups = (entry_number(), collection::vec(group_range(), 0..100))
        .prop_map(|(entry, groups)| (entry, Wanted::Groups(groups)));
    (id(), prop_oneof![count, groups]).prop_map(|(id, (entry, wanted))| ControlMessage::Want {
        id,
        entry,
        wanted,
    })
}

fn hello() -> impl Strategy<Value = ControlMessage> {
    let uuid = || "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    (
        integer(),
        uuid(),
        uuid(),
        collection::vec("[a-z-]{0,20}", 0..4),
    )
        .prop_map(
            |(version, participant, incarnation, features)| ControlMessage::Hello {
                version,
                participant: serde_json::from_value(participant.into()).expect("a UUID"),
                incarnation: serde_json::from_value(incarnation.into()).expect("a UUID"),
                features,
            },
        )
}

fn offer() -> impl Strategy<Value = ControlMessage> {
    let counts = (0..=MAX_ENTRIES).prop_flat_map(|files| (Just(files), 0..=MAX_ENTRIES - files));
    let names = collection::vec(entry(), 0..=MAX_NAMES);
    (
        id(),
        any::<u16>(),
        counts,
        integer(),
        names,
        integer(),
        secret(),
    )
        .prop_map(
            |(id, number, (files, folders), bytes, names, skipped, secret)| ControlMessage::Offer {
                id,
                number,
                files,
                folders,
                bytes,
                names,
                skipped,
                secret,
            },
        )
}

fn manifest() -> impl Strategy<Value = ControlMessage> {
    (
        id(),
        0..=MAX_ENTRIES,
        collection::vec(entry(), 0..20),
        any::<bool>(),
    )
        .prop_map(|(id, first, entries, last)| ControlMessage::Manifest {
            id,
            first: first.min(MAX_ENTRIES - u32::try_from(entries.len()).expect("few")),
            entries,
            last,
        })
}

fn stripe() -> impl Strategy<Value = ControlMessage> {
    let description = (
        select(&[SdpType::Offer, SdpType::Answer][..]),
        any::<String>(),
    )
        .prop_map(|(kind, sdp)| StripeSignal::Description(Description { kind, sdp }));
    let candidate = option::of((
        any::<String>(),
        option::of("[a-z0-9]{0,8}"),
        any::<Option<u16>>(),
    ))
    .prop_map(|candidate| {
        StripeSignal::Candidate(candidate.map(|(candidate, sdp_mid, sdp_m_line_index)| {
            IceCandidate {
                candidate,
                username_fragment: sdp_mid.clone(),
                sdp_mid,
                sdp_m_line_index,
            }
        }))
    });
    (1..=MAX_STRIPES, prop_oneof![description, candidate])
        .prop_map(|(index, signal)| ControlMessage::Stripe { index, signal })
}

fn error() -> impl Strategy<Value = ControlMessage> {
    let of = prop_oneof![
        Just((None, None)),
        (id(), option::of(entry_number())).prop_map(|(id, entry)| (Some(id), entry)),
    ];
    (of, code(), any::<String>()).prop_map(|((id, entry), code, text)| ControlMessage::Error {
        id,
        entry,
        code,
        text,
    })
}

pub(super) fn message() -> impl Strategy<Value = ControlMessage> {
    let of_a_transfer = prop_oneof![
        (id(), secret()).prop_map(|(id, secret)| ControlMessage::Accept { id, secret }),
        (id(), code()).prop_map(|(id, code)| ControlMessage::Decline { id, code }),
        (id(), entry_number(), group_range()).prop_map(|(id, entry, groups)| {
            ControlMessage::Verify {
                id,
                entry,
                to_verify: ToVerify::Groups(groups),
            }
        }),
        (id(), entry_number()).prop_map(|(id, entry)| ControlMessage::Verify {
            id,
            entry,
            to_verify: ToVerify::Entries {
                count: MAX_ENTRIES - entry,
            },
        }),
        (id(), 0..=MAX_ENTRIES).prop_map(|(id, first)| ControlMessage::List { id, first }),
        (id(), integer()).prop_map(|(id, bytes)| ControlMessage::Durable { id, bytes }),
        id().prop_map(|id| ControlMessage::Pause { id }),
        id().prop_map(|id| ControlMessage::Resume { id }),
        (id(), code()).prop_map(|(id, code)| ControlMessage::Cancel { id, code }),
        id().prop_map(|id| ControlMessage::Done { id }),
    ];
    let tags = collection::vec(any::<[u8; 16]>().prop_map(Tag), 0..=MAX_TRANSFERS);
    let of_the_connection = prop_oneof![
        (integer(), integer(), integer(), any::<Option<u32>>()).prop_map(
            |(bytes, messages, arrived, delay)| ControlMessage::Credit {
                bytes,
                messages,
                arrived,
                delay,
            }
        ),
        tags.prop_map(|tags| ControlMessage::Known { tags }),
        integer().prop_map(|at| ControlMessage::Ping { at }),
        integer().prop_map(|at| ControlMessage::Pong { at }),
    ];
    prop_oneof![
        8 => of_a_transfer,
        4 => of_the_connection,
        1 => hello(),
        2 => offer(),
        2 => manifest(),
        2 => want(),
        1 => stripe(),
        1 => error(),
    ]
}

/// Any JSON text, a few levels deep.
pub(super) fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}
