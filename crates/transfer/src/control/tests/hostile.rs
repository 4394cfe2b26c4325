//! Messages that a faulty or hostile client may send, and both sides of each limit.

mod entries;

use super::*;
use crate::limits::MAX_TRANSFERS;

const ID: &str = "00112233445566778899aabbccddeeff";
const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// What is expected of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It is decoded.
    Good,
    /// The connection ends.
    Bad,
    /// The transfer is refused because of this.
    Path(PathError),
    /// The transfer, or the message, is refused because of this.
    Limit(Limit),
}
use Outcome::{Bad, Good};

fn outcome(text: &str) -> Outcome {
    let id = (!text.contains("tags") && !text.contains("index")).then_some(TransferId([
        0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee,
        0xff,
    ]));
    match decode(text) {
        Ok(Some(_)) => Good,
        Ok(None) => panic!("the type is unknown: {text}"),
        Err(error) if error.ends_connection() => {
            assert_eq!(error.code(), Code::BadMessage);
            Bad
        }
        Err(DecodeError::Path { id: of, error }) => {
            assert_eq!(Some(of), id);
            Outcome::Path(error)
        }
        Err(error) => {
            assert_eq!(error.code(), Code::Limit);
            let DecodeError::Limit { id: of, limit } = error else {
                panic!("{error:?}");
            };
            assert_eq!(of, id, "{text}");
            Outcome::Limit(limit)
        }
    }
}

/// A message of a transfer with these further fields.
fn of(kind: &str, fields: &str) -> String {
    format!(r#"{{"type":"{kind}","id":"{ID}",{fields}}}"#)
}

fn offer(files: &str, folders: &str, names: &str) -> String {
    let rest = r#""number":1,"bytes":1,"skipped":0"#;
    let fields = format!(
        r#""files":{files},"folders":{folders},"names":[{names}],{rest},"secret":"{SECRET}""#
    );
    of("offer", &fields)
}

fn manifest(first: &str, entries: &str) -> String {
    of(
        "manifest",
        &format!(r#""first":{first},"entries":[{entries}],"last":false"#),
    )
}

fn entry(path: &str) -> String {
    let path = serde_json::to_string(path).expect("a string");
    format!(r#"{{"path":{path},"size":1,"modified":[0,0]}}"#)
}

fn check(table: &[(String, Outcome)]) {
    for (text, expected) in table {
        assert_eq!(outcome(text), *expected, "{text:.300}");
    }
}

#[test]
fn integers() {
    let mut table = Vec::new();
    for (value, expected) in [
        ("0", Good),
        ("9007199254740991", Good),
        ("9007199254740992", Bad),
        ("18446744073709551615", Bad),
        ("18446744073709551616", Bad),
        ("1e3", Bad),
        ("1.5", Bad),
        ("-1", Bad),
        ("\"1\"", Bad),
        ("null", Bad),
    ] {
        for text in [
            format!(r#"{{"type":"credit","bytes":{value},"messages":1,"arrived":0,"delay":0}}"#),
            format!(r#"{{"type":"credit","bytes":1,"messages":{value},"arrived":0}}"#),
            format!(r#"{{"type":"ping","at":{value}}}"#),
            format!(r#"{{"type":"pong","at":{value}}}"#),
            of("durable", &format!(r#""bytes":{value}"#)),
            manifest(
                "0",
                &format!(r#"{{"path":"a","size":{value},"modified":[0,0]}}"#),
            ),
        ] {
            table.push((text, expected));
        }
    }
    for (value, expected) in [("4294967295", Good), ("null", Good), ("4294967296", Bad)] {
        let text =
            format!(r#"{{"type":"credit","bytes":1,"messages":1,"arrived":0,"delay":{value}}}"#);
        table.push((text, expected));
    }
    check(&table);
}

#[test]
fn paths() {
    let long = |bytes: usize| vec!["a".repeat(1000); bytes.div_ceil(1001)].join("/");
    let exactly = |bytes: usize| long(bytes)[..bytes].to_owned();
    for (path, expected) in [
        ("a".to_owned(), Good),
        ("a/b/c".to_owned(), Good),
        // Names of some file system, for the receiver to change.
        ("C:\\x".to_owned(), Good),
        ("..\\x".to_owned(), Good),
        ("%2e%2e/x".to_owned(), Good),
        ("NUL.tar.gz".to_owned(), Good),
        (".../x".to_owned(), Good),
        ("..a/.b".to_owned(), Good),
        (" ".to_owned(), Good),
        ("a\u{202e}b\u{1b}".to_owned(), Good),
        (String::new(), Outcome::Path(PathError::EmptyComponent)),
        ("/".to_owned(), Outcome::Path(PathError::EmptyComponent)),
        (
            "/etc/passwd".to_owned(),
            Outcome::Path(PathError::EmptyComponent),
        ),
        ("a/".to_owned(), Outcome::Path(PathError::EmptyComponent)),
        ("a//b".to_owned(), Outcome::Path(PathError::EmptyComponent)),
        (".".to_owned(), Outcome::Path(PathError::DotComponent)),
        ("./a".to_owned(), Outcome::Path(PathError::DotComponent)),
        ("a/.".to_owned(), Outcome::Path(PathError::DotComponent)),
        ("..".to_owned(), Outcome::Path(PathError::DotComponent)),
        ("../a".to_owned(), Outcome::Path(PathError::DotComponent)),
        (
            "a/../../b".to_owned(),
            Outcome::Path(PathError::DotComponent),
        ),
        ("a/b\0".to_owned(), Outcome::Path(PathError::Nul)),
        ("\0".to_owned(), Outcome::Path(PathError::Nul)),
        ("a".repeat(1024), Good),
        ("a".repeat(1025), Outcome::Limit(Limit::ComponentBytes)),
        ("한".repeat(341), Good),
        ("한".repeat(342), Outcome::Limit(Limit::ComponentBytes)),
        (vec!["a"; 64].join("/"), Good),
        (
            vec!["a"; 65].join("/"),
            Outcome::Limit(Limit::PathComponents),
        ),
        (exactly(4096), Good),
        (exactly(4097), Outcome::Limit(Limit::PathBytes)),
    ] {
        let of_manifest = manifest("0", &[entry("a"), entry(&path)].join(","));
        let of_offer = offer("2", "0", &entry(&path));
        check(&[(of_manifest, expected), (of_offer, expected)]);
    }
}

#[test]
fn hexadecimal_digits() {
    for (digits, expected) in [
        (ID.to_owned(), Good),
        (ID.to_uppercase(), Bad),
        (ID[1..].to_owned(), Bad),
        (ID[2..].to_owned(), Bad),
        (format!("{ID}00"), Bad),
        (String::new(), Bad),
        (ID.replace("00", "0g"), Bad),
        (ID.replace("00", " 0"), Bad),
        (ID.replace("00", "+0"), Bad),
        (ID.replace("00", "é"), Bad),
    ] {
        let id = format!(r#"{{"type":"done","id":"{digits}"}}"#);
        let tag = format!(r#"{{"type":"known","tags":["{digits}"]}}"#);
        let secret = of("accept", &format!(r#""secret":"{digits}{ID}""#));
        check(&[(id, expected), (tag, expected), (secret, expected)]);
    }
    for tags in [MAX_TRANSFERS, MAX_TRANSFERS + 1] {
        let expected = if tags == 64 {
            Good
        } else {
            Outcome::Limit(Limit::Transfers)
        };
        let list = vec![format!("\"{ID}\""); tags].join(",");
        check(&[(format!(r#"{{"type":"known","tags":[{list}]}}"#), expected)]);
    }
}

#[test]
fn stripes() {
    let limit = Outcome::Limit(Limit::Stripes);
    let mut table = Vec::new();
    for (index, expected) in [
        ("1", Good),
        ("15", Good),
        ("0", limit),
        ("16", limit),
        ("257", limit),
        ("9007199254740992", Bad),
    ] {
        table.push((
            format!(r#"{{"type":"stripe","index":{index},"candidate":null}}"#),
            expected,
        ));
    }
    for (signal, expected) in [
        (r#""description":{"type":"offer","sdp":""}"#, Good),
        (r#""candidate":{"candidate":""}"#, Good),
        (r#""description":{"type":"rollback","sdp":""}"#, Bad),
        (
            r#""description":{"type":"offer","sdp":""},"candidate":null"#,
            Bad,
        ),
        (r#""description":null"#, Bad),
        (r#""candidate":"""#, Bad),
        (r#""later":1"#, Bad),
    ] {
        table.push((
            format!(r#"{{"type":"stripe","index":1,{signal}}}"#),
            expected,
        ));
    }
    check(&table);
}

#[test]
fn messages_that_are_no_messages() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        "\"offer\"",
        r#"{"type":null}"#,
        r#"{"type":5}"#,
        r#"{"type":"ping","type":"ping","at":1}"#,
        r#"{"type":"ping","at":1,"at":1}"#,
        r#"{"type":"ping","at":1}{"type":"ping","at":1}"#,
        r#"{"type":"ping","at":1,}"#,
        "\u{feff}{\"type\":\"ping\",\"at\":1}",
        r#"{"type":"ping"}"#,
    ] {
        assert_eq!(outcome(text), Bad, "{text}");
    }
    assert_eq!(ControlMessage::decode(b"\xff"), Err(DecodeError::NotUtf8));
    // Also within a field that is ignored.
    let text = b"{\"type\":\"ping\",\"at\":1,\"x\":\"\xff\"}";
    assert_eq!(ControlMessage::decode(text), Err(DecodeError::NotUtf8));
}

#[test]
fn a_message_has_at_most_16_384_bytes() {
    let refused = Err(DecodeError::Limit {
        id: None,
        limit: Limit::ControlBytes,
    });
    let ping = r#"{"type":"ping","at":1}"#;
    let padded = |bytes: usize| format!("{ping:bytes$}");
    assert_eq!(
        decode(&padded(16_384)),
        Ok(Some(ControlMessage::Ping { at: 1 }))
    );
    assert_eq!(decode(&padded(16_385)), refused);
    // Refused before it is parsed.
    assert_eq!(ControlMessage::decode(&[0xff; 16_385]), refused);
}

#[test]
fn deep_nesting_in_an_ignored_field_is_no_recursion() {
    let depth = 8_000;
    let (open, close) = ("[".repeat(depth), "]".repeat(depth));
    let ping = Ok(Some(ControlMessage::Ping { at: 1 }));
    assert_eq!(
        decode(&format!(r#"{{"type":"ping","at":1,"x":{open}{close}}}"#)),
        ping
    );
    assert_eq!(
        outcome(&format!(r#"{{"type":"ping","at":1,"x":{open}}}"#)),
        Bad
    );
    assert_eq!(
        outcome(&format!(r#"{{"type":"ping","at":{open}{close}}}"#)),
        Bad
    );
}

#[test]
fn of_a_code_that_is_longer_than_any_the_rest_is_cut() {
    for kind in ["decline", "cancel", "error"] {
        // 63 bytes, and a character of three.
        let code = format!("{}한{}", "x".repeat(63), "y".repeat(9_000));
        let text = of(kind, &format!(r#""code":"{code}""#));
        let (ControlMessage::Decline { code, .. }
        | ControlMessage::Cancel { code, .. }
        | ControlMessage::Error { code, .. }) = decode(&text).unwrap().unwrap()
        else {
            panic!("{kind}");
        };
        assert_eq!(code, Open::Other("x".repeat(63)), "{kind}");
    }
}
