use std::collections::HashSet;

use proptest::prelude::*;
use unicode_normalization::is_nfc;

use crate::control::RelativePath;
use crate::name::{FolderId, Layout, MAX_NAME_BYTES, UniqueNames, safe_name};

/// Texts in which the rules meet each other.
fn component() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            ".", "..", " ", "    ", "/", "\\", ":", "_", "-", "~", "con", "NUL", "COM", "1", "¹", "lpt", "$", "CONIN$",
            ".lnk", ".url", ".tar", ".gz", ".txt", "desktop", ".ini", "{", "}", ".{x}", "a", "I", "ı", "İ", "ß", "ss",
            "e", "\u{301}", "\u{338}", "\u{30A}", "\u{345}", "\u{327}", "<", "\u{212A}", "\u{37E}", "\u{1FEF}", "\u{2000}",
            "\u{1100}", "\u{1161}", "\u{11A8}", "한", "😀", "\u{200C}", "\u{200D}", "\u{FE0F}", "\u{E0100}", "\u{180B}",
            "\u{202E}", "\u{61C}", "\u{2066}", "\u{2028}", "\u{85}", "\0", "\u{1B}", "\u{FEFF}", "\u{3000}", "\u{2800}",
            "\u{F03A}", "\u{FDD0}", "\u{958}", "\u{1D15E}", " (2)", " (3)",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => ("[a한 .]", 1..100_usize).prop_map(|(text, count)| text.repeat(count)),
        1 => "[a-z]{28,45}",
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

/// Written from docs/transfer.md, not from the code.
fn assert_safe(name: &str) {
    assert!(!name.is_empty() && name != "." && name != "..", "{name:?}");
    assert!(name.len() <= MAX_NAME_BYTES, "{name:?} is too long");
    assert!(name.encode_utf16().count() <= 240, "{name:?} is too long");
    assert!(is_nfc(name), "{name:?} is not NFC");
    assert!(
        !name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']),
        "{name:?}"
    );
    assert!(!name.contains(char::is_control), "{name:?}");
    for character in name.chars() {
        let code = u32::from(character);
        let misleads = [0x61C, 0x200E, 0x200F, 0x200B, 0xFEFF, 0xAD, 0x2028, 0x2029]
            .contains(&code)
            || (0x202A..=0x202E).contains(&code)
            || (0x2060..=0x206F).contains(&code)
            || (0xF000..=0xF0FF).contains(&code);
        assert!(!misleads, "{name:?}");
    }
    let last = name.chars().last().unwrap();
    assert!(last != '.' && !last.is_whitespace(), "{name:?}");
    let first = name.chars().next().unwrap();
    assert!(
        !first.is_whitespace() && first != '-' && first != '~',
        "{name:?}"
    );
    let base = name.split('.').next().unwrap().trim().to_uppercase();
    let numbers = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³",
    ];
    let mut devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
        .map(String::from)
        .to_vec();
    for port in ["COM", "LPT"] {
        devices.extend(numbers.map(|number| format!("{port}{number}")));
    }
    assert!(!devices.contains(&base), "{name:?} is a device");
    let lower = name.to_lowercase();
    for end in [".lnk", ".url", ".scf", ".library-ms", ".searchconnector-ms"] {
        assert!(!lower.ends_with(end), "{name:?}");
    }
    assert!(
        !(lower.ends_with('}')
            && lower.rsplit('.').next().unwrap().starts_with('{')
            && lower.contains('.')),
        "{name:?}"
    );
    assert!(lower != "desktop.ini" && lower != "autorun.inf");
}

/// Not the key of the code: what Windows (simple upper case) and Apple's file systems (lower case in NFD) compare.
fn compared(name: &str) -> [String; 2] {
    use unicode_normalization::UnicodeNormalization as _;
    let upper = name
        .chars()
        .map(|character| {
            let mut upper = character.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) => one,
                _ => character,
            }
        })
        .collect();
    let apple = name
        .nfd()
        .filter(|character| !matches!(character, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}'))
        .collect::<String>()
        .to_lowercase();
    [upper, apple]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn every_name_is_safe_and_its_own_name(component in component()) {
        let name = safe_name(&component);
        assert_safe(&name);
        prop_assert_eq!(safe_name(&name), name);
    }

    #[test]
    fn every_text_has_a_safe_name(component in ".{0,300}") {
        let name = safe_name(&component);
        assert_safe(&name);
        prop_assert_eq!(safe_name(&name), name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn names_of_a_folder_are_unique_and_safe(
        components in prop::collection::vec(component(), 1..30),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
    ) {
        let mut names = UniqueNames::new();
        let mut seen = [HashSet::new(), HashSet::new()];
        for pick in picks {
            let component = pick.get(&components);
            let component = match pick.index(3) {
                0 => component.to_uppercase(),
                1 => component.to_lowercase(),
                _ => component.clone(),
            };
            let name = names.claim(FolderId::ROOT, &component);
            assert_safe(&name);
            prop_assert_eq!(safe_name(&name), name.as_str());
            for (seen, compared) in seen.iter_mut().zip(compared(&name)) {
                prop_assert!(seen.insert(compared), "{:?} twice", name);
            }
        }
    }

    #[test]
    fn the_same_manifest_has_the_same_places(paths in prop::collection::vec("[aA]{1,2}(/[bB.:]{1,2}){0,2}", 1..40)) {
        let place_all = || {
            let mut layout = Layout::new();
            let valid = paths.iter().filter_map(|path| RelativePath::new(path).ok());
            valid.map(|path| layout.place(&path, path.as_str().len() % 3 == 0)).collect::<Vec<_>>()
        };
        prop_assert_eq!(place_all(), place_all());
    }
}
