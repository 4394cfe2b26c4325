//! The texts of notifications, with parts that come from other participants.

/// Limit of characters of a name. Notifications have one or two lines.
const MAX_NAME_CHARS: usize = 60;

/// What a notification says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) title: String,
    pub(crate) body: String,
}

/// A name from another participant, as part of a sentence.
pub(crate) fn name(name: &str) -> String {
    line(name, MAX_NAME_CHARS)
}

/// One line of limited length, without characters that change the direction of the text after it.
pub(crate) fn line(text: &str, max_chars: usize) -> String {
    let mut characters = text.chars().filter(|character| {
        !character.is_control()
            && !matches!(
                character,
                '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            )
    });
    let mut line: String = characters.by_ref().take(max_chars).collect();
    if characters.next().is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_is_one_short_line() {
        assert_eq!(line("a\n\u{202e}gpj.exe", 20), "agpj.exe");
        assert_eq!(line("가나다", 3), "가나다");
        assert_eq!(line("가나다라", 3), "가나다…");
        assert_eq!(name(&"x".repeat(1_000)).chars().count(), 61);
    }
}
