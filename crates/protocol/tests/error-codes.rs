//! Error codes are a contract: distinct, spelt the same everywhere, with legal close codes.

use std::collections::HashSet;

use maru_protocol::ErrorCode;

#[test]
fn serde_and_as_str_agree() {
    for code in ErrorCode::ALL {
        assert_eq!(serde_json::to_value(code).ok(), Some(code.as_str().into()));
        assert_eq!(code.to_string(), code.as_str());
    }
}

#[test]
fn codes_are_distinct_in_text_and_on_close() {
    let texts: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(texts.len(), ErrorCode::ALL.len());
    let closes: HashSet<_> = ErrorCode::ALL
        .iter()
        .map(|code| code.close_code())
        .collect();
    assert_eq!(closes.len(), ErrorCode::ALL.len());
}

#[test]
fn close_codes_are_ones_an_endpoint_may_send() {
    for code in ErrorCode::ALL {
        // RFC 6455 §7.4.2: 1004–1006 and 1015 are reserved, 4000–4999 is for private use.
        let close = code.close_code();
        assert!(
            matches!(close, 1000..=1003 | 1007..=1014 | 4000..=4999),
            "{code} closes with {close}"
        );
    }
}
