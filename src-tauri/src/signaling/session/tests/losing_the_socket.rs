use maru_protocol::{
    ErrorCode, Open, ParticipantId,
    limits::{DEAD_AFTER_MS, PING_INTERVAL_MS},
};
use serde_json::{Value, json};

use super::world::{OTHER, ROOM, SELF, World, error, join, joined, loss, signal, signal_as};
use crate::signaling::session::{
    CONNECT_TIMEOUT, Event, JOIN_TIMEOUT, Loss, STABLE_AFTER, Status, backoff,
    outbox::{MAX_BYTES, MAX_FRAMES},
};

const NEW_SELF: &str = "00000000-0000-4000-8000-000000000009";
const NEW_ROOM: &str = "00000000-0000-7000-8000-0000000000bb";

#[test]
fn a_lost_socket_is_resumed() {
    let mut world = World::joined();
    world.lose(None);
    assert!(matches!(
        world.status(),
        Status::Reconnecting {
            attempt: 1,
            retry_at: Some(_),
            ..
        }
    ));
    world.pass(backoff::FIRST);
    assert!(matches!(
        world.status(),
        Status::Reconnecting {
            attempt: 1,
            retry_at: None,
            ..
        }
    ));
    world.connected();
    assert_eq!(world.sent[0]["resume"], "secret");
    world.receive(&joined(SELF, ROOM));
    assert_eq!(world.status(), &Status::Online);
}

#[test]
fn signals_wait_for_the_same_room_and_nobody_else() {
    for (own, room, delivered) in [
        (SELF, ROOM, true),
        (NEW_SELF, ROOM, false),
        (SELF, NEW_ROOM, false),
        (NEW_SELF, NEW_ROOM, false),
    ] {
        let mut world = World::joined();
        world.lose(None);
        world.feed(signal(1));
        world.pass(backoff::FIRST);
        world.feed(signal(2));
        world.connected();
        world.feed(signal(3));
        world.forget();
        world.receive(&joined(own, room));
        let data: Vec<_> = world
            .sent
            .iter()
            .map(|frame| frame["data"].clone())
            .collect();
        assert_eq!(
            data,
            if delivered {
                vec![json!(1), json!(2), json!(3)]
            } else {
                vec![]
            }
        );
    }
}

#[test]
fn what_was_said_as_somebody_we_are_no_longer_is_not_said() {
    let mut world = World::joined();
    world.lose(None);
    world.pass(backoff::FIRST);
    world.connected();
    world.forget();
    world.receive(&joined(NEW_SELF, ROOM));
    // The interface has not heard of it yet.
    world.feed(signal(1));
    world.feed(signal_as(NEW_SELF, 2));
    let data: Vec<_> = world.sent.iter().map(|frame| &frame["data"]).collect();
    assert_eq!(data, [&json!(2)]);
}

#[test]
fn what_waits_is_bounded_and_keeps_its_beginning() {
    let mut world = World::joined();
    world.lose(None);
    for number in 0..10_000 {
        world.feed(signal(number));
    }
    assert_eq!(world.session.outbox.len(), MAX_FRAMES);
    world.pass(backoff::FIRST);
    world.connected();
    world.forget();
    world.receive(&joined(SELF, ROOM));
    assert_eq!(world.sent.len(), MAX_FRAMES);
    assert_eq!(world.sent[0]["data"], 0);

    world.lose(None);
    for _ in 0..MAX_FRAMES {
        let data = "x".repeat(32 * 1024 - 2);
        let frame = json!({ "type": "signal", "to": OTHER, "data": data }).to_string();
        world.feed(Event::Signal(ParticipantId(SELF.parse().unwrap()), frame));
    }
    assert!(world.session.outbox.len() * 32 * 1024 <= MAX_BYTES);
}

#[test]
fn silence_is_pinged_and_then_given_up() {
    let mut world = World::joined();
    world.pass(PING_INTERVAL_MS);
    assert_eq!(world.sent_types(), ["ping"]);
    world.receive(&json!({ "type": "pong" }));
    assert!(
        world.messages.is_empty(),
        "the heartbeat is the shell's own"
    );
    world.forget();
    world.pass(DEAD_AFTER_MS - 1);
    assert!(world.closed.is_empty());
    world.pass(1);
    assert_eq!(world.closed.len(), 1);
    assert!(matches!(world.status(), Status::Reconnecting { .. }));
}

#[test]
fn a_server_that_only_listens_is_found_out() {
    let mut world = World::joined();
    let start = world.now;
    // We talk all the time, so that a ping is never due for our own silence.
    while world.closed.is_empty() && world.now < start + 60_000 {
        world.feed(signal(0));
        world.pass(1_000);
    }
    assert!(world.now - start <= DEAD_AFTER_MS + 1_000);
    assert!(world.sent_types().contains(&"ping"), "it was asked");
}

#[test]
fn websocket_control_frames_are_signs_of_life() {
    let mut world = World::joined();
    for _ in 0..20 {
        world.pass(DEAD_AFTER_MS / 2);
        let connection = world.connection.unwrap();
        world.feed(Event::Heard(connection));
    }
    assert!(world.closed.is_empty());
}

#[test]
fn a_server_going_down_is_asked_again_at_once() {
    let mut world = World::joined();
    world.pass(STABLE_AFTER);
    world.receive(&error("shutting-down"));
    let Status::Reconnecting {
        attempt: 1,
        retry_at: Some(at),
        ..
    } = world.status()
    else {
        panic!("{:?}", world.status());
    };
    assert!(at - world.now <= backoff::FIRST);
}

#[test]
fn what_passes_with_time_is_tried_again() {
    for code in [
        "server-full",
        "too-many-connections",
        "rate-limited",
        "timed-out",
    ] {
        let mut world = World::new();
        world.feed(join("daily"));
        world.connected();
        world.receive(&error(code));
        assert!(
            matches!(world.status(), Status::Reconnecting { .. }),
            "{code}"
        );
    }
}

#[test]
fn a_server_that_drops_everybody_is_asked_ever_more_rarely() {
    let mut world = World::joined();
    let start = world.now;
    let mut tries = 0;
    while world.now < start + 60_000 {
        world.lose(None);
        world.pass(backoff::MAX);
        world.connected();
        world.receive(&joined(SELF, ROOM));
        tries += 1;
    }
    assert!(tries < 20, "{tries} tries in a minute");
    world.pass(STABLE_AFTER);
    world.lose(None);
    assert!(matches!(
        world.status(),
        Status::Reconnecting { attempt: 1, .. }
    ));
}

#[test]
fn a_server_that_does_not_answer_is_not_waited_for() {
    let mut world = World::new();
    world.feed(join("daily"));
    world.pass(CONNECT_TIMEOUT);
    assert_eq!(world.closed.len(), 1);
    world.pass(backoff::FIRST);
    world.connected();
    world.pass(JOIN_TIMEOUT);
    assert_eq!(world.closed.len(), 2);
    assert!(matches!(
        world.status(),
        Status::Reconnecting { attempt: 2, .. }
    ));
}

#[test]
fn a_close_code_says_what_the_lost_frame_would_have() {
    let mut world = World::new();
    world.feed(join("daily"));
    world.connected();
    world.lose(Some(ErrorCode::RoomFull.close_code()));
    assert!(matches!(
        world.status(),
        Status::Refused {
            code: Open::Known(ErrorCode::RoomFull),
            ..
        }
    ));
}

/// For a reason that this version does not know.
fn refused(code: &str, detail: &str) -> Status {
    Status::Refused {
        code: Open::Other(code.into()),
        detail: detail.into(),
    }
}

#[test]
fn close_codes_of_later_versions_end_it_or_not_by_their_range() {
    let corpus: Value = serde_json::from_str(include_str!(
        "../../../../../crates/protocol/tests/later-versions.json"
    ))
    .unwrap();
    for case in corpus["closes"].as_array().unwrap() {
        let code = case[0].as_u64().and_then(|code| u16::try_from(code).ok());
        let mut world = World::joined();
        world.lose(code);
        let ended = match world.status() {
            Status::Refused { code: told, .. } => {
                assert_eq!(Some(told.to_string()), code.map(|code| code.to_string()));
                true
            }
            _ => false,
        };
        assert_eq!(Some(ended), case[1].as_bool(), "{case}");
        assert_eq!(world.session.next_wake().is_none(), ended, "{case}");
    }
}

#[test]
fn an_error_of_a_later_version_says_why_the_session_ends_where_it_does() {
    let banned = json!({ "type": "error", "code": "banned", "message": "for a week" });
    let mut world = World::joined();
    world.receive(&banned);
    assert_eq!(world.messages, std::slice::from_ref(&banned));
    assert!(world.closed.is_empty() && world.statuses.is_empty());
    world.lose(Some(4490));
    assert_eq!(world.status(), &refused("banned", "for a week"));

    // Without a close that says so, it goes on; and what was said on one connection explains nothing of the next.
    let mut world = World::joined();
    world.receive(&banned);
    world.lose(None);
    world.pass(backoff::FIRST);
    world.connected();
    world.receive(&joined(SELF, ROOM));
    world.lose(Some(4490));
    assert_eq!(world.status(), &refused("4490", "gone"));
}

#[test]
fn a_server_of_another_version_is_not_tried_again() {
    let mut world = World::new();
    world.feed(join("daily"));
    let connection = world.connection.take().unwrap();
    let refusal = Some(ErrorCode::UnsupportedVersion);
    world.feed(Event::Closed(
        connection,
        Loss {
            refusal,
            ..loss(None)
        },
    ));
    assert!(matches!(
        world.status(),
        Status::Refused {
            code: Open::Known(ErrorCode::UnsupportedVersion),
            ..
        }
    ));
}

#[test]
fn a_superseded_socket_is_not_listened_to() {
    let mut world = World::joined();
    let old = world.connection.unwrap();
    world.pass(DEAD_AFTER_MS);
    world.pass(backoff::FIRST);
    world.forget();
    world.feed(Event::Frame(old, json!({ "type": "left" }).to_string()));
    world.feed(Event::Closed(old, loss(None)));
    world.feed(Event::Connected(old, None));
    assert!(world.messages.is_empty() && world.statuses.is_empty() && world.sent.is_empty());
}

#[test]
fn giving_up_while_reconnecting_ends_it() {
    let mut world = World::joined();
    world.lose(None);
    world.feed(Event::Leave);
    assert_eq!(world.status(), &Status::Idle);
    assert_eq!(world.session.next_wake(), None);
    world.feed(join("daily"));
    world.connected();
    assert!(
        world.sent[0].get("resume").is_none(),
        "the old room is forgotten"
    );
}
