//! Records in a file: each has its length and a CRC-32 before it.
//!
//! | Bytes | Field |
//! |--:|---|
//! | 4 | length of the content |
//! | 4 | CRC-32 of the length and the content: a file of zeros has no record |
//! | | content |

use std::{fs::File, io};

use crate::os;

/// Bytes of the content of a record at most: a damaged length does not make the reader ask for more memory.
pub(crate) const MAX_CONTENT: usize = 1 << 16;
const HEADER: usize = 8;

/// Appends a record to `out`.
pub(crate) fn push(out: &mut Vec<u8>, content: &[u8]) {
    debug_assert!(content.len() <= MAX_CONTENT);
    let length = u32::try_from(content.len())
        .unwrap_or(u32::MAX)
        .to_le_bytes();
    out.extend_from_slice(&length);
    out.extend_from_slice(&checksum(length, content).to_le_bytes());
    out.extend_from_slice(content);
}

fn checksum(length: [u8; 4], content: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length);
    hasher.update(content);
    hasher.finalize()
}

/// What is at an offset of a file.
#[derive(Debug)]
pub(crate) enum Frame<'a> {
    /// The content of a record, and the offset behind it.
    Record(&'a [u8], u64),
    /// The file ends here.
    End,
    /// No record, or not all of one.
    Torn,
}

/// Reads records, in order or at any offset, through one buffer.
#[derive(Debug)]
pub(crate) struct FrameReader {
    buffer: Vec<u8>,
    /// Offset in the file of the buffer's first byte.
    start: u64,
    filled: usize,
}

impl FrameReader {
    /// `buffer`: bytes that are read at once; more for reading in order.
    pub(crate) fn new(buffer: usize) -> Self {
        Self {
            buffer: vec![0; buffer.max(HEADER)],
            start: 0,
            filled: 0,
        }
    }

    /// To be called when the file was written.
    pub(crate) fn clear(&mut self) {
        self.filled = 0;
    }

    /// The record at `offset`.
    pub(crate) fn read(&mut self, file: &File, offset: u64) -> io::Result<Frame<'_>> {
        let available = self.fill(file, offset, HEADER)?.len();
        if available == 0 {
            return Ok(Frame::End);
        }
        let Some((length, crc)) = self.header(offset) else {
            return Ok(Frame::Torn);
        };
        let size = u32::from_le_bytes(length) as usize;
        if size > MAX_CONTENT {
            return Ok(Frame::Torn);
        }
        let bytes = self.fill(file, offset, HEADER + size)?;
        let Some(content) = bytes.get(HEADER..HEADER + size) else {
            return Ok(Frame::Torn);
        };
        if checksum(length, content) != crc {
            return Ok(Frame::Torn);
        }
        Ok(Frame::Record(content, offset + (HEADER + size) as u64))
    }

    fn header(&self, offset: u64) -> Option<([u8; 4], u32)> {
        let at = usize::try_from(offset - self.start).ok()?;
        let header = self.buffer[..self.filled].get(at..at + HEADER)?;
        let (length, crc) = header.split_first_chunk::<4>()?;
        Some((*length, u32::from_le_bytes(*crc.first_chunk()?)))
    }

    /// The bytes at `offset`: at least `needed` of them, unless the file ends before.
    fn fill(&mut self, file: &File, offset: u64, needed: usize) -> io::Result<&[u8]> {
        let held = offset
            .checked_sub(self.start)
            .and_then(|at| usize::try_from(at).ok())
            .filter(|at| at + needed <= self.filled);
        let at = match held {
            Some(at) => at,
            None => {
                if self.buffer.len() < needed {
                    self.buffer.resize(needed, 0);
                }
                self.filled = 0;
                self.start = offset;
                while self.filled < needed {
                    let at = offset + self.filled as u64;
                    match os::read_at(file, &mut self.buffer[self.filled..], at)? {
                        0 => break,
                        count => self.filled += count,
                    }
                }
                0
            }
        };
        Ok(&self.buffer[at..self.filled])
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read_all(bytes: &[u8]) -> (Vec<Vec<u8>>, bool) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let mut reader = FrameReader::new(16);
        let (mut records, mut offset) = (Vec::new(), 0);
        loop {
            match reader.read(&file, offset).unwrap() {
                Frame::Record(content, next) => {
                    records.push(content.to_vec());
                    offset = next;
                }
                Frame::End => return (records, true),
                Frame::Torn => return (records, false),
            }
        }
    }

    #[test]
    fn records_come_back_and_a_torn_tail_is_noticed_at_each_byte() {
        let contents = [b"first".to_vec(), Vec::new(), vec![7; 5_000]];
        let mut bytes = Vec::new();
        let mut ends = vec![0];
        for content in &contents {
            push(&mut bytes, content);
            ends.push(bytes.len());
        }
        for cut in (0..=60).chain(bytes.len() - 20..=bytes.len()) {
            let (records, whole) = read_all(&bytes[..cut]);
            let complete = ends.iter().filter(|end| **end <= cut).count() - 1;
            assert_eq!(records, contents[..complete], "cut at {cut}");
            assert_eq!(whole, ends.contains(&cut), "cut at {cut}");
        }
    }

    #[test]
    fn zeros_and_flipped_bits_are_no_records() {
        assert_eq!(read_all(&[0; 64]), (Vec::new(), false));
        let mut bytes = Vec::new();
        push(&mut bytes, b"content");
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read_all(&damaged), (Vec::new(), false), "bit {bit}");
        }
    }
}
