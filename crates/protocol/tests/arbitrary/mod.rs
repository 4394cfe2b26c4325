//! Any message of the wire, for property tests.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::borrow::Cow;

use maru_protocol::{
    ClientMessage, Connection, Description, ErrorCode, IceCandidate, IceServer, Incarnation,
    JoinedRoom, LeaveReason, MediaState, Open, Participant, ParticipantId, PeerMessage, PeerSignal,
    RoomId, SdpType, ServerMessage, Source, clean_name,
};
use proptest::{collection, option, prelude::*, sample::select};
use serde_json::value::RawValue;
use uuid::Uuid;

pub(crate) fn participant_id() -> impl Strategy<Value = ParticipantId> {
    any::<u128>().prop_map(|bits| ParticipantId(Uuid::from_u128(bits)))
}

pub(crate) fn incarnation() -> impl Strategy<Value = Incarnation> {
    any::<u128>().prop_map(|bits| Incarnation(Uuid::from_u128(bits)))
}

pub(crate) fn room_id() -> impl Strategy<Value = RoomId> {
    "[a-z0-9가-힣ก-ฮא-ת一-龥_-]{1,64}"
        .prop_map(|text| RoomId::parse(&text).expect("letters and digits"))
}

/// A clean display name: anything printable, quotes and backslashes included.
pub(crate) fn name() -> impl Strategy<Value = String> {
    "\\PC{0,64}".prop_map(|text| clean_name(&text).into_owned())
}

pub(crate) fn participant() -> impl Strategy<Value = Participant> {
    (participant_id(), name()).prop_map(|(id, name)| Participant { id, name })
}

/// Any JSON text, at most a few levels deep.
pub(crate) fn json() -> impl Strategy<Value = Box<RawValue>> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
    .prop_map(|value| serde_json::value::to_raw_value(&value).expect("serialisable"))
}

/// A client message, already encoded: it would borrow from the strategy.
pub(crate) fn client_frame() -> impl Strategy<Value = String> {
    let frame = |message: ClientMessage<'_>| serde_json::to_string(&message).expect("serialisable");
    prop_oneof![
        (
            room_id(),
            name(),
            option::of(any::<String>()),
            option::of("[!-~]{0,200}"),
            collection::vec("[a-z-]{1,64}", 0..4),
        )
            .prop_map(move |(room, name, token, resume, features)| frame(
                ClientMessage::Join {
                    room,
                    name: Cow::Owned(name),
                    token: token.map(Cow::Owned),
                    resume: resume.map(Cow::Owned),
                    features: features.into_iter().map(Cow::Owned).collect(),
                }
            )),
        (participant_id(), json())
            .prop_map(move |(to, data)| frame(ClientMessage::Signal { to, data: &data })),
        Just(frame(ClientMessage::Leave {})),
        Just(frame(ClientMessage::Ping {})),
    ]
}

pub(crate) fn server_message(data: Box<RawValue>) -> impl Strategy<Value = ServerMessage<'static>> {
    prop_oneof![
        (
            participant_id(),
            (room_id(), incarnation(), any::<u32>()),
            collection::vec(participant(), 0..8),
            collection::vec(ice_server(), 0..3),
            "[!-~]{0,200}",
            collection::vec(participant_id(), 0..3),
        )
            .prop_map(
                |(
                    self_id,
                    (id, incarnation, capacity),
                    participants,
                    ice_servers,
                    resume,
                    removed,
                )| {
                    ServerMessage::Joined {
                        self_id,
                        room: JoinedRoom {
                            id,
                            incarnation,
                            capacity,
                        },
                        participants,
                        ice_servers,
                        resume,
                        removed,
                    }
                }
            ),
        participant().prop_map(|participant| ServerMessage::ParticipantJoined { participant }),
        (
            participant_id(),
            open(&[LeaveReason::Left, LeaveReason::Lost, LeaveReason::Removed])
        )
            .prop_map(|(participant, reason)| ServerMessage::ParticipantLeft {
                participant,
                reason
            }),
        participant_id().prop_map(move |from| ServerMessage::Signal {
            from,
            data: Cow::Owned(data.clone())
        }),
        Just(ServerMessage::Left {}),
        option::of(collection::vec(ice_server(), 0..3))
            .prop_map(|ice_servers| ServerMessage::Pong { ice_servers }),
        (
            open(&ErrorCode::ALL),
            any::<String>(),
            option::of(any::<u64>())
        )
            .prop_map(|(code, message, retry_after_ms)| ServerMessage::Error {
                code,
                message: Cow::Owned(message),
                retry_after_ms,
            }),
    ]
}

/// One of these names, or one that no version knows.
fn open<T: Clone + std::fmt::Debug>(names: &'static [T]) -> impl Strategy<Value = Open<T>> {
    prop_oneof![
        4 => select(names).prop_map(Open::Known),
        1 => "later-[a-z]{0,20}".prop_map(Open::Other),
    ]
}

fn ice_server() -> impl Strategy<Value = IceServer> {
    (
        collection::vec("turns?:[a-z.]{1,20}:[0-9]{1,5}", 1..3),
        option::of(any::<String>()),
        option::of(any::<String>()),
    )
        .prop_map(|(urls, username, credential)| IceServer {
            urls,
            username,
            credential,
        })
}

pub(crate) fn peer_signal() -> impl Strategy<Value = PeerSignal> {
    let connection = || open(&[Connection::Media, Connection::Files]);
    let candidate = (
        any::<String>(),
        option::of(any::<String>()),
        option::of(any::<u16>()),
        option::of("[a-zA-Z0-9+/]{4,8}"),
    )
        .prop_map(
            |(candidate, sdp_mid, sdp_m_line_index, username_fragment)| IceCandidate {
                candidate,
                sdp_mid,
                sdp_m_line_index,
                username_fragment,
            },
        );
    prop_oneof![
        (
            connection(),
            select(&[SdpType::Offer, SdpType::Answer][..]),
            any::<String>(),
            option::of(collection::btree_map("[0-9]{1,2}", source(), 0..4)),
            option::of("[a-f0-9-]{1,40}"),
        )
            .prop_map(|(connection, kind, sdp, tracks, offer_id)| {
                PeerSignal::Description {
                    connection,
                    description: Description { kind, sdp },
                    tracks,
                    offer_id,
                }
            },),
        (connection(), option::of(candidate)).prop_map(|(connection, candidate)| {
            PeerSignal::Candidate {
                connection,
                candidate,
            }
        }),
    ]
}

fn source() -> impl Strategy<Value = Open<Source>> {
    open(&[
        Source::Microphone,
        Source::Camera,
        Source::Screen,
        Source::ScreenAudio,
    ])
}

pub(crate) fn peer_message() -> impl Strategy<Value = PeerMessage> {
    let state = || {
        any::<(bool, bool, bool, bool)>().prop_map(|(microphone, camera, screen, hand)| {
            MediaState {
                microphone,
                camera,
                screen,
                hand,
            }
        })
    };
    prop_oneof![
        (
            participant_id(),
            incarnation(),
            state(),
            collection::vec("[a-z-]{1,20}", 0..3)
        )
            .prop_map(|(participant, incarnation, state, features)| {
                PeerMessage::Hello {
                    participant,
                    incarnation,
                    state,
                    features,
                }
            }),
        state().prop_map(|state| PeerMessage::State { state }),
        (any::<String>(), any::<u64>(), any::<String>())
            .prop_map(|(id, at, text)| PeerMessage::Chat { id, at, text }),
        any::<String>().prop_map(|reaction| PeerMessage::Reaction { reaction }),
        (source(), any::<u16>()).prop_map(|(source, height)| PeerMessage::Shown { source, height }),
    ]
}
