//! Integers, bytes and texts of the records in manifests and journals. Little-endian.

use maru_transfer::control::{Entry, EntryKind, Modified, RelativePath};

/// The size of a folder, where sizes are listed.
pub const FOLDER: u64 = u64::MAX;

#[derive(Default)]
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    /// Of a record of this kind.
    pub(crate) fn new(kind: u8) -> Self {
        Self(vec![kind])
    }

    pub(crate) fn u8(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }

    pub(crate) fn u32(&mut self, value: u32) -> &mut Self {
        self.fixed(&value.to_le_bytes())
    }

    pub(crate) fn u64(&mut self, value: u64) -> &mut Self {
        self.fixed(&value.to_le_bytes())
    }

    pub(crate) fn i64(&mut self, value: i64) -> &mut Self {
        self.fixed(&value.to_le_bytes())
    }

    pub(crate) fn fixed(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// With their length. Records are far smaller than 4 GiB.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.u32(u32::try_from(bytes.len()).unwrap_or(u32::MAX))
            .fixed(bytes)
    }

    pub(crate) fn entry(&mut self, entry: &Entry) -> &mut Self {
        let size = match entry.kind {
            EntryKind::File { size } => size,
            EntryKind::Folder => FOLDER,
        };
        self.bytes(entry.path.as_str().as_bytes())
            .u64(size)
            .i64(entry.modified.seconds)
            .u32(entry.modified.nanoseconds)
    }

    pub(crate) fn finish(&self) -> &[u8] {
        &self.0
    }
}

/// Reads what an [`Encoder`] wrote. `None`: it is not that.
pub(crate) struct Decoder<'a>(&'a [u8]);

impl<'a> Decoder<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.fixed::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.fixed().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.fixed().map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.fixed().map(i64::from_le_bytes)
    }

    pub(crate) fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        str::from_utf8(self.bytes()?).ok()
    }

    pub(crate) fn entry(&mut self) -> Option<Entry> {
        let path = RelativePath::new(self.text()?).ok()?;
        let kind = match self.u64()? {
            FOLDER => EntryKind::Folder,
            size if size <= maru_transfer::limits::MAX_FILE_BYTES => EntryKind::File { size },
            _ => return None,
        };
        let modified = Modified {
            seconds: self.i64()?,
            nanoseconds: self.u32().filter(|it| *it < 1_000_000_000)?,
        };
        Some(Entry {
            path,
            kind,
            modified,
        })
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Some` if nothing is left.
    pub(crate) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
