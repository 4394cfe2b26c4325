/// What a name has in the place of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// The character itself.
    Kept,
    /// White space, or a character that looks like it.
    Blank,
    /// Nothing, unless the spelling of a word or an emoji needs it: a joiner.
    Joiner,
    /// Nothing, unless the spelling of a word or an emoji needs it: a variation selector.
    Selector,
    /// `_`.
    Replaced,
    /// Nothing.
    Removed,
}

pub(super) fn class(character: char) -> Class {
    match character {
        // Separators, streams and drives of Windows, and what its file systems refuse. `/` cannot occur, and is replaced
        // all the same.
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => Class::Replaced,
        // Cygwin, WSL, Samba and macOS map these to the characters above, to control characters, and to trailing dots
        // and spaces.
        '\u{F000}'..='\u{F0FF}' => Class::Replaced,
        // Persian and Indic words need the joiners, emoji need ZWJ.
        '\u{200C}' | '\u{200D}' => Class::Joiner,
        // Mongolian letters, CJK ideographs and emoji need them.
        '\u{180B}'..='\u{180D}'
        | '\u{180F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0100}'..='\u{E01EF}' => Class::Selector,
        _ if is_removed(character) => Class::Removed,
        // The empty braille pattern is no white space, and has no ink.
        '\u{2800}' => Class::Blank,
        _ if character.is_whitespace() => Class::Blank,
        _ => Class::Kept,
    }
}

fn is_removed(character: char) -> bool {
    character.is_control()
        || is_noncharacter(character)
        || matches!(
            character,
            // Line and paragraph separator.
            '\u{2028}' | '\u{2029}'
            // Bidirectional controls (Bidi_Control).
            | '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
            // Other characters without ink (Default_Ignorable_Code_Point) that are neither joiner nor selector.
            | '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}' | '\u{200B}'
            | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}'
            // Interlinear annotation.
            | '\u{FFF9}'..='\u{FFFB}'
        )
}

/// Code points that are never characters (Unicode Standard, §23.7).
fn is_noncharacter(character: char) -> bool {
    matches!(character, '\u{FDD0}'..='\u{FDEF}') || u32::from(character) & 0xFFFE == 0xFFFE
}
