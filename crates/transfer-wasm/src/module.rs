use maru_transfer::{
    Time,
    hash::{Digest, FileHash, FileHasher, GROUP_BYTES, GroupHash, GroupHasher},
};
use serde::de::DeserializeOwned;

use crate::{
    endpoint::{self, Command, Endpoints, Slot},
    failure::Failure,
};

/// Bytes of the exchange buffer: a group.
pub(crate) const EXCHANGE_BYTES: usize = 1 << 20;
const _: () = assert!(EXCHANGE_BYTES as u64 == GROUP_BYTES);

const HASH_BYTES: usize = 32;

/// The state of an instance.
pub(crate) struct Module {
    /// Allocated once: the page keeps its address.
    exchange: Vec<u8>,
    /// By handle. As many as the page opens.
    files: Vec<Option<FileHasher>>,
    pub(crate) endpoints: Endpoints,
}

/// What a hash of 32 bytes in the exchange buffer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hashed {
    Digest,
    File,
}

impl Module {
    pub(crate) fn new() -> Self {
        Self {
            exchange: vec![0; EXCHANGE_BYTES],
            files: Vec::new(),
            endpoints: Endpoints::default(),
        }
    }

    pub(crate) fn exchange(&mut self) -> &mut [u8] {
        &mut self.exchange
    }

    /// Replaces the first `length` bytes of the exchange buffer, a whole group, by what they hash to.
    pub(crate) fn hash_group(
        &mut self,
        size: u64,
        group: u64,
        length: usize,
    ) -> Result<Hashed, Failure> {
        let mut hasher = GroupHasher::new(size, group)?;
        hasher.update(self.exchange.get(..length).ok_or(Failure::TooLong)?)?;
        let (hash, hashed) = match hasher.finish()? {
            GroupHash::Digest(Digest(hash)) => (hash, Hashed::Digest),
            GroupHash::File(FileHash(hash)) => (hash, Hashed::File),
        };
        self.put(&hash);
        Ok(hashed)
    }

    /// Makes a [`FileHasher`] for a file of `size` bytes. Returns its handle.
    pub(crate) fn open_file(&mut self, size: u64) -> Result<usize, Failure> {
        let hasher = FileHasher::new(size)?;
        Ok(endpoint::insert(&mut self.files, hasher))
    }

    /// Adds the digest of group `group`, the first 32 bytes of the exchange buffer.
    pub(crate) fn add_digest(&mut self, handle: usize, group: u64) -> Result<(), Failure> {
        let digest = self.digest();
        self.file(handle)?.add(group, digest)?;
        Ok(())
    }

    /// Puts the hash of the file into the exchange buffer.
    pub(crate) fn finish_file(&mut self, handle: usize) -> Result<(), Failure> {
        let FileHash(hash) = self.file(handle)?.finish()?;
        self.put(&hash);
        Ok(())
    }

    /// The endpoint of `handle`, and what the page wrote.
    pub(crate) fn input(
        &mut self,
        handle: usize,
        length: usize,
    ) -> Result<(&mut Slot, &[u8]), Failure> {
        let input = self.exchange.get(..length).ok_or(Failure::TooLong)?;
        Ok((self.endpoints.slot(handle)?, input))
    }

    /// Carries out the command of `length` bytes. Returns the length of the answer, 0 for null.
    pub(crate) fn command(
        &mut self,
        handle: usize,
        length: usize,
        now: Time,
    ) -> Result<usize, Failure> {
        let command: Command = self.parse(length)?;
        let answer = self.endpoints.run(handle, command, now)?;
        if answer.is_null() {
            return Ok(0);
        }
        self.answer(answer.to_string().as_bytes())
    }

    /// The value of the JSON text that the page wrote.
    pub(crate) fn parse<T: DeserializeOwned>(&self, length: usize) -> Result<T, Failure> {
        let input = self.exchange.get(..length).ok_or(Failure::TooLong)?;
        serde_json::from_slice(input).map_err(|_| Failure::BadCommand)
    }

    /// Puts bytes into the exchange buffer. Returns their number.
    pub(crate) fn answer(&mut self, bytes: &[u8]) -> Result<usize, Failure> {
        self.exchange
            .get_mut(..bytes.len())
            .ok_or(Failure::TooLong)?
            .copy_from_slice(bytes);
        Ok(bytes.len())
    }

    /// The first 32 bytes of the exchange buffer.
    pub(crate) fn digest(&self) -> Digest {
        let mut digest = [0; HASH_BYTES];
        digest.copy_from_slice(&self.exchange[..HASH_BYTES]);
        Digest(digest)
    }

    pub(crate) fn close_file(&mut self, handle: usize) {
        if let Some(file) = self.files.get_mut(handle) {
            *file = None;
        }
    }

    fn file(&mut self, handle: usize) -> Result<&mut FileHasher, Failure> {
        self.files
            .get_mut(handle)
            .and_then(Option::as_mut)
            .ok_or(Failure::NoSuchHandle)
    }

    fn put(&mut self, hash: &[u8; HASH_BYTES]) {
        self.exchange[..HASH_BYTES].copy_from_slice(hash);
    }
}

#[cfg(test)]
mod tests;
