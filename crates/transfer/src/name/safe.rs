use unicode_normalization::UnicodeNormalization as _;

use super::characters::{Class, class};

/// Bytes of UTF-8 of a name. File systems permit 255 bytes or UTF-16 units; the rest is for suffixes of others. UTF-16
/// never has more units than UTF-8 has bytes, so this limit holds for both.
pub const MAX_NAME_BYTES: usize = 240;

/// Bytes that the extension of a name has at most, with its dot. A longer one is part of the stem.
const MAX_EXTENSION_BYTES: usize = 32;

/// A longer run of spaces moves the extension out of view.
const MAX_BLANKS: usize = 4;

/// Windows acts on files with these extensions when their folder is looked at, or hides the extension.
const SHELL_EXTENSIONS: [&str; 5] = ["lnk", "url", "scf", "library-ms", "searchconnector-ms"];

/// Windows acts on these files when their folder, or drive, is looked at.
const SHELL_FILES: [&str; 2] = ["desktop.ini", "autorun.inf"];

/// Makes one component of a path a name that file systems can have and that does not mislead (docs/transfer.md,
/// "Names"). The name of a name is the name itself. It is not unique: see [`UniqueNames`](super::UniqueNames).
#[must_use]
pub fn safe_name(component: &str) -> String {
    let kept = filter(component.nfc());
    // What was removed may have separated a letter from its accent.
    let name: String = kept.nfc().collect();
    let mut name = cut(trim(&name), MAX_NAME_BYTES);
    loop {
        let marked = mark(&name);
        let excess = marked.len().saturating_sub(MAX_NAME_BYTES);
        if excess == 0 {
            return marked;
        }
        name = cut(&name, name.len() - excess);
    }
}

/// Adds `_` to a name that a system or a shell would not take for the name of a file.
fn mark(name: &str) -> String {
    let needs_first = name.is_empty() || name.starts_with(['-', '~']) || is_device(name);
    let first = if needs_first { "_" } else { "" };
    let last = if is_shell_file(name) { "_" } else { "" };
    format!("{first}{name}{last}")
}

/// Removes and replaces characters.
fn filter(characters: impl Iterator<Item = char>) -> String {
    let mut kept = String::new();
    let mut previous = None;
    let mut blanks = 0;
    for character in characters {
        let class = class(character);
        let after_non_ascii = previous.is_some_and(|(before, _): (char, Class)| !before.is_ascii());
        let before = previous.map(|(_, class)| class);
        let keep = match class {
            Class::Kept | Class::Replaced => true,
            Class::Blank => blanks < MAX_BLANKS,
            // One of each at most, or they could hide a text.
            Class::Selector => after_non_ascii && matches!(before, Some(Class::Kept)),
            Class::Joiner => {
                after_non_ascii && matches!(before, Some(Class::Kept | Class::Selector))
            }
            Class::Removed => false,
        };
        if keep {
            let character = if class == Class::Replaced {
                '_'
            } else {
                character
            };
            kept.push(character);
            previous = Some((character, class));
            blanks = if class == Class::Blank { blanks + 1 } else { 0 };
        }
    }
    kept
}

fn is_blank(character: char) -> bool {
    class(character) == Class::Blank
}

fn trim(name: &str) -> &str {
    trim_end(name.trim_start_matches(is_blank))
}

fn trim_end(name: &str) -> &str {
    name.trim_end_matches(|character| character == '.' || is_blank(character))
}

/// The stem and the extension of a name, which begins with its dot and may be empty. `.tar` belongs to the extension.
pub(super) fn split(name: &str) -> (&str, &str) {
    let Some(dot) = name.rfind('.').filter(|dot| *dot > 0) else {
        return (name, "");
    };
    let (stem, extension) = name.split_at(dot);
    if extension.len() > MAX_EXTENSION_BYTES || extension.contains(is_blank) {
        return (name, "");
    }
    match stem.len().checked_sub(4) {
        Some(dot) if dot > 0 && stem.as_bytes()[dot..].eq_ignore_ascii_case(b".tar") => {
            name.split_at(dot)
        }
        _ => (stem, extension),
    }
}

/// The longest part of `stem` of at most `bytes` bytes that ends with a whole character and no blank.
pub(super) fn cut_stem(stem: &str, bytes: usize) -> &str {
    stem[..stem.floor_char_boundary(bytes)].trim_end_matches(is_blank)
}

/// Cuts a name before its extension.
fn cut(name: &str, bytes: usize) -> String {
    if name.len() <= bytes {
        return name.to_owned();
    }
    let (stem, extension) = split(name);
    let stem = cut_stem(stem, bytes - extension.len());
    trim_end(&format!("{stem}{extension}")).to_owned()
}

/// Whether Windows takes the name for a device, in any folder.
fn is_device(name: &str) -> bool {
    let base = name.split('.').next().unwrap_or_default();
    let base = base.trim_end_matches(is_blank).to_ascii_uppercase();
    if matches!(
        base.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) {
        return true;
    }
    let port = base
        .strip_prefix("COM")
        .or_else(|| base.strip_prefix("LPT"));
    port.is_some_and(|port| {
        let mut characters = port.chars();
        matches!(characters.next(), Some('0'..='9' | '¹' | '²' | '³'))
            && characters.next().is_none()
    })
}

fn is_shell_file(name: &str) -> bool {
    if SHELL_FILES
        .iter()
        .any(|file| name.eq_ignore_ascii_case(file))
    {
        return true;
    }
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        // A class ID, as in `photo.{21EC2020-3AEA-1069-A2DD-08002B30309D}`.
        (extension.starts_with('{') && extension.ends_with('}'))
            || SHELL_EXTENSIONS
                .iter()
                .any(|shell| extension.eq_ignore_ascii_case(shell))
    })
}
