//! Display names without what draws nothing, or changes the text around them (`docs/protocol.md`, "Display names").
//!
//! The rule is one for both languages: `ui/src/protocol/name.ts` is the same, and `tests/names.json` has cases for both.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

/// Combining marks kept on one character. Written languages need up to four.
const MAX_MARKS: usize = 4;

/// `text` without control, direction and other characters that draw nothing, without marks that have no letter or are
/// too many on one, and with single spaces, none at the ends. Empty if nothing is left that one could see. Cleaning a
/// second time changes nothing.
#[must_use]
pub fn clean_name(text: &str) -> Cow<'_, str> {
    let characters: Vec<char> = text.chars().collect();
    let mut cleaned = Cleaned::default();
    let mut rest = characters.as_slice();
    while let Some((&character, after)) = rest.split_first() {
        rest = after;
        cleaned.add(character);
        if character == BLACK_FLAG {
            let tags = flag_tags(rest);
            cleaned.text.extend(&rest[..tags]);
            rest = &rest[tags..];
        }
    }
    if cleaned.text == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(cleaned.text)
    }
}

#[derive(Default)]
struct Cleaned {
    text: String,
    /// The last kept character; `None` at the start and after white space.
    last: Option<char>,
    /// White space, before the next kept character.
    space: bool,
    /// A joiner or the emoji selector of a keycap: kept once it is known what follows.
    joiner: Option<char>,
    /// Combining marks since the last character that is none.
    marks: usize,
}

impl Cleaned {
    fn add(&mut self, character: char) {
        if character.is_whitespace() || character == BRAILLE_BLANK {
            self.space = !self.text.is_empty();
            self.last = None;
            self.joiner = None;
        } else if is_joiner(character) {
            self.joiner = self.last.map(|_| character);
        } else if is_variation_selector(character) {
            match self.last {
                Some(last) if takes_selector(last, character) => self.keep(character),
                Some('0'..='9' | '#' | '*') if character == EMOJI_SELECTOR => {
                    self.joiner = Some(character);
                }
                _ => {}
            }
        } else if is_combining_mark(character) {
            if self.last.is_some() && self.marks < MAX_MARKS && !draws_nothing(character) {
                self.keep(character);
                self.marks += 1;
            }
        } else if !character.is_control() && !draws_nothing(character) {
            self.keep(character);
            self.marks = 0;
        }
    }

    fn keep(&mut self, character: char) {
        if std::mem::take(&mut self.space) {
            self.text.push(' ');
        }
        if let (Some(last), Some(joiner)) = (self.last, self.joiner.take())
            && joins(last, joiner, character)
        {
            self.text.push(joiner);
        }
        self.text.push(character);
        self.last = Some(character);
    }
}

const ZERO_WIDTH_JOINER: char = '\u{200D}';
const EMOJI_SELECTOR: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';
const BRAILLE_BLANK: char = '\u{2800}';
const BLACK_FLAG: char = '\u{1F3F4}';
const CANCEL_TAG: char = '\u{E007F}';
/// The longest subdivision of a flag (UTS #51, "Emoji tag sequences") has this many characters.
const MAX_FLAG_TAGS: usize = 6;

/// How many of `rest` are the tags of the flag before them, such as Scotland's.
fn flag_tags(rest: &[char]) -> usize {
    let tags = rest
        .iter()
        .take_while(|tag| matches!(tag, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}'))
        .count();
    if (1..=MAX_FLAG_TAGS).contains(&tags) && rest.get(tags) == Some(&CANCEL_TAG) {
        tags + 1
    } else {
        0
    }
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200C}' | ZERO_WIDTH_JOINER)
}

fn joins(before: char, joiner: char, after: char) -> bool {
    match joiner {
        EMOJI_SELECTOR => after == KEYCAP,
        ZERO_WIDTH_JOINER if is_pictograph(after) => {
            is_pictograph(before) || before == EMOJI_SELECTOR
        }
        _ => is_joining_script(before) && is_joining_script(after),
    }
}

fn is_variation_selector(character: char) -> bool {
    matches!(
        character,
        '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'
    )
}

fn takes_selector(before: char, selector: char) -> bool {
    match selector {
        '\u{FE0E}' | EMOJI_SELECTOR => is_pictograph(before),
        '\u{E0100}'..='\u{E01EF}' => is_ideograph(before),
        '\u{180B}'..='\u{180F}' => matches!(before, '\u{1820}'..='\u{18AA}'),
        _ => false,
    }
}

/// Scripts in which a joiner selects the form of a letter: from Arabic to Myanmar, Khmer, Mongolian, and Brahmic ones.
fn is_joining_script(character: char) -> bool {
    matches!(
        character,
        '\u{0600}'..='\u{109F}' | '\u{1780}'..='\u{18AF}' | '\u{A8E0}'..='\u{A8FF}'
            | '\u{11000}'..='\u{11FFF}'
    )
}

fn is_ideograph(character: char) -> bool {
    matches!(
        character,
        '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}'
    )
}

/// Blocks with emoji; more than the emoji themselves, so that a later version of Unicode changes nothing.
fn is_pictograph(character: char) -> bool {
    matches!(
        character,
        '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
            | '\u{2194}'..='\u{21AA}' | '\u{2300}'..='\u{23FF}' | '\u{24C2}'
            | '\u{25AA}'..='\u{27BF}' | '\u{2934}'..='\u{2935}' | '\u{2B00}'..='\u{2BFF}'
            | '\u{3030}' | '\u{303D}' | '\u{3297}'..='\u{3299}' | '\u{1F000}'..='\u{1FAFF}'
    )
}

/// Bidirectional controls, and what else is default ignorable or an annotation. Joiners and variation selectors are
/// not here.
fn draws_nothing(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D159}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}
