//! Guarantees of decoding, other than accepting valid frames and refusing invalid ones.

use std::borrow::Cow;

use maru_protocol::{ClientMessage, ErrorCode, PeerSignal, ServerMessage, limits};

const ID: &str = "3f2a6c1e-8b7d-4e5f-9a01-2b3c4d5e6f70";

fn code(frame: &str) -> Option<ErrorCode> {
    ClientMessage::decode(frame).err().map(|error| error.code)
}

#[test]
fn unknown_fields_are_ignored_at_any_depth() {
    let join = r#"{"later":{"a":[1,{}]},"type":"join","room":"daily","name":"Minji","hat":"red"}"#;
    assert!(matches!(
        ClientMessage::decode(join),
        Ok(ClientMessage::Join { .. })
    ));
    let joined = format!(
        r#"{{"type":"participant-joined","participant":{{"id":"{ID}","name":"","hat":"red"}},"later":[]}}"#
    );
    assert!(matches!(
        ServerMessage::decode(&joined),
        Ok(ServerMessage::ParticipantJoined { .. })
    ));
    let signal = r#"{"connection":"media","candidate":null,"later":1}"#;
    assert!(matches!(
        serde_json::from_str(signal),
        Ok(PeerSignal::Candidate {
            candidate: None,
            ..
        })
    ));
}

#[test]
fn strings_without_escapes_are_borrowed_from_the_frame() {
    let frame = r#"{"type":"join","room":"daily","name":"민지","token":"abc","resume":"def"}"#;
    let Ok(ClientMessage::Join {
        name,
        token,
        resume,
        ..
    }) = ClientMessage::decode(frame)
    else {
        panic!("a plain join must decode");
    };
    assert!(matches!(name, Cow::Borrowed("민지")));
    assert!(matches!(token, Some(Cow::Borrowed("abc"))));
    assert!(matches!(resume, Some(Cow::Borrowed("def"))));
}

#[test]
fn null_means_absent_for_optional_fields_and_is_a_payload_for_data() {
    let join = r#"{"type":"join","room":"daily","name":"","token":null,"resume":null}"#;
    assert!(matches!(
        ClientMessage::decode(join),
        Ok(ClientMessage::Join {
            token: None,
            resume: None,
            ..
        })
    ));
    let signal = format!(r#"{{"type":"signal","to":"{ID}","data":null}}"#);
    assert!(
        matches!(ClientMessage::decode(&signal), Ok(ClientMessage::Signal { data, .. }) if data.get() == "null")
    );
}

#[test]
fn a_payload_is_never_normalised() {
    // Huge numbers, duplicate keys, lone surrogates and odd white space are the receiver's affair.
    for data in [
        "1e999",
        r#"{"a":1,"a":2}"#,
        r#""\ud800""#,
        "[ 1 ,\t2 ]",
        "-0.0",
        "\"\u{2028}\"",
    ] {
        let frame = format!(r#"{{"type":"signal","to":"{ID}","data": {data} }}"#);
        let decoded = ClientMessage::decode(&frame);
        assert!(
            matches!(decoded, Ok(ClientMessage::Signal { data: raw, .. }) if raw.get() == data),
            "{data}"
        );
    }
}

#[test]
fn limits_are_inclusive() {
    let name = |length: usize| {
        format!(
            r#"{{"type":"join","room":"a","name":"{}"}}"#,
            "가".repeat(length)
        )
    };
    assert_eq!(code(&name(limits::MAX_NAME_CHARS)), None);
    assert_eq!(
        code(&name(limits::MAX_NAME_CHARS + 1)),
        Some(ErrorCode::InvalidName)
    );

    let token = |length: usize| {
        format!(
            r#"{{"type":"join","room":"a","name":"","token":"{}"}}"#,
            "t".repeat(length)
        )
    };
    assert_eq!(code(&token(limits::MAX_SECRET_BYTES)), None);
    assert_eq!(
        code(&token(limits::MAX_SECRET_BYTES + 1)),
        Some(ErrorCode::BadMessage)
    );

    let data = |length: usize| {
        format!(
            r#"{{"type":"signal","to":"{ID}","data":"{}"}}"#,
            "d".repeat(length - 2)
        )
    };
    assert_eq!(code(&data(limits::MAX_DATA_BYTES)), None);
    assert_eq!(
        code(&data(limits::MAX_DATA_BYTES + 1)),
        Some(ErrorCode::TooLarge)
    );

    let frame = |length: usize| {
        let ping = r#"{"type":"ping"}"#;
        ping.to_owned() + &" ".repeat(length - ping.len())
    };
    assert_eq!(code(&frame(limits::MAX_FRAME_BYTES)), None);
    assert_eq!(
        code(&frame(limits::MAX_FRAME_BYTES + 1)),
        Some(ErrorCode::TooLarge)
    );

    let nested = |depth: usize| {
        // The frame's own object is the first level.
        let inner = depth - 1;
        format!(
            r#"{{"type":"signal","to":"{ID}","data":{}{}}}"#,
            "[".repeat(inner),
            "]".repeat(inner)
        )
    };
    assert_eq!(code(&nested(limits::MAX_NESTING)), None);
    assert_eq!(
        code(&nested(limits::MAX_NESTING + 1)),
        Some(ErrorCode::BadMessage)
    );
}

#[test]
fn brackets_in_strings_do_not_nest() {
    let brackets = r#"[{\"[{\\"#.repeat(200);
    let frame = format!(r#"{{"type":"signal","to":"{ID}","data":"{brackets}"}}"#);
    assert_eq!(code(&frame), None);
    let wide = vec!["[]"; 200].join(",");
    let frame = format!(r#"{{"type":"signal","to":"{ID}","data":[{wide}]}}"#);
    assert_eq!(code(&frame), None);
}

#[test]
fn an_error_never_repeats_what_was_sent() {
    for frame in [
        r#"{"type":"join","room":"s3cret room","name":""}"#,
        r#"{"type":"join","room":"a","name":["s3cret"]}"#,
        r#"{"type":"join","room":"a","name":"s3cret\u0007"}"#,
        r#"{"type":"s3cret"}"#,
        r#"{"type":"signal","to":"s3cret","data":1}"#,
        r#"{"type":"ping" s3cret"#,
    ] {
        let error = ClientMessage::decode(frame).expect_err(frame);
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}
