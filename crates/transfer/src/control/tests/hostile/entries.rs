//! Entries, groups and their numbers.

use super::*;
use crate::limits::{MAX_NAMES, MAX_WANTED};

#[test]
fn entries() {
    let limit = Outcome::Limit(Limit::Entries);
    let none = "";
    let mut table = vec![
        (offer("1000000", "0", none), Good),
        (offer("0", "1000000", none), Good),
        (offer("999999", "1", none), Good),
        (offer("1000000", "1", none), limit),
        (offer("10000000", "0", none), limit),
        (offer("4294967296", "4294967296", none), limit),
        (offer("9007199254740991", "9007199254740991", none), limit),
        (manifest("1000000", none), Good),
        (manifest("999999", &entry("a")), Good),
        (manifest("1000000", &entry("a")), limit),
        (
            manifest("999999", &[entry("a"), entry("b")].join(",")),
            limit,
        ),
        (manifest("10000000", &entry("a")), limit),
        (of("want", r#""entry":999999,"count":1"#), Good),
        (of("want", r#""entry":0,"count":1000000"#), Good),
        (of("want", r#""entry":1,"count":1000000"#), limit),
        (of("want", r#""entry":999999,"count":2"#), limit),
        (of("want", r#""entry":1000000,"count":null"#), limit),
        (of("want", r#""entry":4294967296,"groups":[[0,1]]"#), limit),
        (of("list", r#""first":1000000"#), Good),
        (of("list", r#""first":1000001"#), limit),
        (of("verify", r#""entry":999999,"first":0,"count":1"#), Good),
        (
            of("verify", r#""entry":1000000,"first":0,"count":1"#),
            limit,
        ),
        (
            of("error", r#""entry":999999,"code":"missing","text":"""#),
            Good,
        ),
        (
            of("error", r#""entry":1000000,"code":"missing","text":"""#),
            limit,
        ),
        (
            r#"{"type":"error","entry":1,"code":"missing"}"#.to_owned(),
            Bad,
        ),
        (r#"{"type":"error","code":"bad-message"}"#.to_owned(), Good),
    ];
    for (fields, expected) in [
        (r#""path":"a","size":0,"modified":[0,0]"#, Good),
        (r#""path":"a","folder":true,"modified":[0,0]"#, Good),
        (
            r#""path":"a","size":0,"folder":false,"modified":[0,0]"#,
            Good,
        ),
        (r#""path":"a","size":0,"folder":true,"modified":[0,0]"#, Bad),
        (r#""path":"a","folder":false,"modified":[0,0]"#, Bad),
        (r#""path":"a","modified":[0,0]"#, Bad),
        (r#""path":"a","size":0"#, Bad),
        (r#""size":0,"modified":[0,0]"#, Bad),
        (r#""path":"a","path":"b","size":0,"modified":[0,0]"#, Bad),
        (r#""path":7,"size":0,"modified":[0,0]"#, Bad),
        (r#""path":"\ud800","size":0,"modified":[0,0]"#, Bad),
        (r#""path":"a","size":0,"modified":[0,999999999]"#, Good),
        (r#""path":"a","size":0,"modified":[0,1000000000]"#, Bad),
        (
            r#""path":"a","size":0,"modified":[-9007199254740991,0]"#,
            Good,
        ),
        (
            r#""path":"a","size":0,"modified":[-9007199254740992,0]"#,
            Bad,
        ),
        (
            r#""path":"a","size":0,"modified":[9007199254740992,0]"#,
            Bad,
        ),
        (
            r#""path":"a","size":0,"modified":[-9223372036854775808,0]"#,
            Bad,
        ),
        (r#""path":"a","size":0,"modified":[0,-1]"#, Bad),
        (r#""path":"a","size":0,"modified":[0]"#, Bad),
        (r#""path":"a","size":0,"modified":[0,0,0]"#, Bad),
    ] {
        table.push((manifest("0", &format!("{{{fields}}}")), expected));
    }
    for (names, expected) in [
        (MAX_NAMES, Good),
        (MAX_NAMES + 1, Outcome::Limit(Limit::Names)),
    ] {
        table.push((
            offer("9", "0", &vec![entry("a"); names].join(",")),
            expected,
        ));
    }
    check(&table);
}

#[test]
fn groups() {
    let file = Outcome::Limit(Limit::FileBytes);
    let mut table = Vec::new();
    for (first, count, expected) in [
        ("0", "1", Good),
        // Possible by itself: the size of the entry decides.
        ("4294967296", "1", Good),
        ("0", "8589934592", Good),
        ("8589934591", "1", Good),
        ("8589934592", "1", file),
        ("1", "8589934592", file),
        ("9007199254740991", "9007199254740991", file),
        ("9007199254740992", "1", Bad),
        ("18446744073709551615", "1", Bad),
        ("0", "0", Bad),
        ("-1", "1", Bad),
    ] {
        let groups = format!(r#""entry":0,"groups":[[5,1],[{first},{count}]]"#);
        table.push((of("want", &groups), expected));
        let groups = format!(r#""entry":0,"first":{first},"count":{count}"#);
        table.push((of("verify", &groups), expected));
    }
    for (ranges, expected) in [
        (MAX_WANTED, Good),
        (MAX_WANTED + 1, Outcome::Limit(Limit::Wanted)),
    ] {
        let ranges = vec!["[0,1]"; ranges].join(",");
        table.push((
            of("want", &format!(r#""entry":0,"groups":[{ranges}]"#)),
            expected,
        ));
    }
    for (fields, expected) in [
        (r#""entry":0,"count":null"#, Good),
        (r#""entry":0,"groups":[]"#, Good),
        (r#""entry":0,"count":1,"groups":null"#, Good),
        (r#""entry":0,"count":0"#, Bad),
        (r#""entry":0"#, Bad),
        (r#""entry":0,"count":null,"groups":[[0,1]]"#, Bad),
        (r#""entry":0,"count":1,"groups":[]"#, Bad),
        (r#""entry":0,"groups":[[0]]"#, Bad),
        (r#""entry":0,"groups":[[0,1,2]]"#, Bad),
        (r#""entry":0,"groups":[0,1]"#, Bad),
        (r#""count":1"#, Bad),
    ] {
        table.push((of("want", fields), expected));
    }
    check(&table);
}
