//! What a channel carries.

use bytes::Bytes;

/// Largest message in bytes, in both directions. Browsers accept 256 KiB from each other.
pub(super) const MAX_MESSAGE: usize = 256 << 10;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// UTF-8, checked.
    Text(String),
    /// Anything.
    Binary(Bytes),
}

impl Message {
    /// `None` if it is text and not UTF-8, which breaks RFC 8831 §6.6.
    pub(super) fn from_stack(is_text: bool, data: Bytes) -> Option<Self> {
        if is_text {
            String::from_utf8(data.into()).ok().map(Self::Text)
        } else {
            Some(Self::Binary(data))
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(data) => data.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_must_be_utf_8_and_bytes_need_not() {
        let invalid = Bytes::from_static(&[0xff, 0xfe]);
        assert_eq!(Message::from_stack(true, invalid.clone()), None);
        assert_eq!(
            Message::from_stack(false, invalid.clone()),
            Some(Message::Binary(invalid))
        );
        assert_eq!(
            Message::from_stack(true, Bytes::from_static("안녕".as_bytes())),
            Some(Message::Text("안녕".into()))
        );
    }
}
