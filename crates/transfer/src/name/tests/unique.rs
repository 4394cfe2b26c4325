use crate::name::{FolderId, UniqueNames, key::key};

fn claim_all(components: &[&str]) -> Vec<String> {
    let mut names = UniqueNames::new();
    components
        .iter()
        .map(|component| names.claim(FolderId::ROOT, component))
        .collect()
}

#[test]
fn names_that_a_file_system_takes_for_one_get_numbers() {
    for (components, names) in [
        (
            &["å.txt", "a\u{30A}.txt", "Å.TXT"][..],
            &["å.txt", "å (2).txt", "Å (3).TXT"][..],
        ),
        (
            &[
                "우리집.txt",
                "\u{110B}\u{116E}\u{1105}\u{1175}\u{110C}\u{1175}\u{11B8}.txt",
            ],
            &["우리집.txt", "우리집 (2).txt"],
        ),
        (
            &["TESTFILE.txt", "testfile.txt", "other.txt"],
            &["TESTFILE.txt", "testfile (2).txt", "other.txt"],
        ),
        (
            &["straße", "STRASSE", "STRAẞE"],
            &["straße", "STRASSE (2)", "STRAẞE (3)"],
        ),
        // İ is I with a dot above to every file system; ı is i to none, and gets a number all the same.
        (&["I", "ı", "İ", "i"], &["I", "ı (2)", "İ", "i (3)"]),
        (&["a:b", "a?b", "a_b"], &["a_b", "a_b (2)", "a_b (3)"]),
        (&["a", "a.", "a "], &["a", "a (2)", "a (3)"]),
        (&["x.tar.gz", "X.tar.gz"], &["x.tar.gz", "X (2).tar.gz"]),
        (&[".bashrc", ".bashrc"], &[".bashrc", ".bashrc (2)"]),
        (&["한글", "한\u{200D}글"], &["한글", "한\u{200D}글 (2)"]),
        // A number that is taken is passed over, also if it comes later.
        (
            &["a (2).txt", "a.txt", "A.txt", "a.txt"],
            &["a (2).txt", "a.txt", "A (3).txt", "a (4).txt"],
        ),
        (
            &["a", "a", "a (2)", "A (2)", "a"],
            &["a", "a (2)", "a (2) (2)", "A (2) (3)", "a (3)"],
        ),
        (&["", ".", "\u{202E}"], &["_", "_ (2)", "_ (3)"]),
        (&["con", "CON", "_con"], &["_con", "_CON (2)", "_con (3)"]),
        (&["a.lnk", "a.lnk"], &["a.lnk_", "a (2).lnk_"]),
        (&["a    .txt", "a    .txt"], &["a    .txt", "a (2).txt"]),
    ] {
        assert_eq!(claim_all(components), names);
    }
}

#[test]
fn folders_have_names_of_their_own() {
    let mut names = UniqueNames::new();
    assert_eq!(names.claim(FolderId(1), "a"), "a");
    assert_eq!(names.claim(FolderId(2), "A"), "A");
    assert_eq!(names.claim(FolderId(1), "A"), "A (2)");
    assert_eq!(names.claim(FolderId(2), "a"), "a (2)");
}

#[test]
fn numbers_have_room_in_long_names() {
    let long = |end: &str| "한".repeat(85) + end;
    let names = claim_all(&[&long(".txt"), &long("x.txt"), &long("y.txt"), &long(".png")]);
    assert_eq!(names[0], "한".repeat(78) + ".txt");
    assert_eq!(names[1], "한".repeat(75) + " (2).txt");
    assert_eq!(names[2], "한".repeat(75) + " (3).txt");
    assert_eq!(names[3], "한".repeat(78) + ".png");
}

/// Each pair has another name, and all become the same when they are cut. If each had its own sequence of numbers, a
/// hostile sender could make the search for a free one take 500,000 steps for each name.
#[test]
fn names_that_are_the_same_when_cut_share_their_numbers() {
    let mut names = UniqueNames::new();
    for index in 0..500 {
        let name = format!("{}{index:08}", "a".repeat(232));
        assert_eq!(names.claim(FolderId::ROOT, &name), name);
        let name = if index % 2 == 0 {
            name
        } else {
            name.to_uppercase()
        };
        let stem = name.split_at(230).0;
        let expected = format!("{stem} ({})", index + 2);
        assert_eq!(names.claim(FolderId::ROOT, &name), expected);
    }
    assert_eq!(names.families(), 1);
}

#[test]
fn keys_are_equal_under_full_case_folding() {
    // Of CaseFolding.txt: the kinds of rows where lower case alone is not enough.
    for (one, other) in [
        ("ß", "ss"),
        ("ẞ", "ß"),
        ("ς", "σ"),
        ("ſ", "S"),
        ("\u{B5}", "\u{3BC}"),
        ("\u{345}", "\u{3B9}"),
        ("ﬁ", "FI"),
        ("ŉ", "ʼN"),
        ("ǰ", "J\u{30C}"),
        ("և", "ԵՒ"),
        ("ᾳ", "ΑΙ"),
        ("ᏸ", "Ᏸ"),
        ("ꭰ", "Ꭰ"),
        ("\u{1C80}", "В"),
        ("\u{2126}", "ω"),
        ("𐐀", "𐐨"),
        ("Ǆ", "ǅ"),
    ] {
        assert_eq!(key(one), key(other), "{one:?} and {other:?}");
    }
    assert_ne!(key("İ"), key("i"));
    assert_ne!(key("é"), key("e"));
    assert_ne!(key("１"), key("1"));
}

#[test]
fn the_key_of_every_character_is_that_of_its_cases() {
    let cased = ('\0'..=char::MAX).filter(|character| {
        !character.to_lowercase().eq([*character]) || !character.to_uppercase().eq([*character])
    });
    for character in cased {
        let whole = key(&character.to_string());
        assert_eq!(key(&character.to_lowercase().to_string()), whole);
        assert_eq!(key(&character.to_uppercase().to_string()), whole);
        assert_eq!(key(&whole), whole);
    }
}
