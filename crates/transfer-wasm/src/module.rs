use maru_transfer::hash::{
    Digest, FileHash, FileHasher, GROUP_BYTES, GroupHash, GroupHasher, HashError,
};

/// Bytes of the exchange buffer: a group.
pub(crate) const EXCHANGE_BYTES: usize = 1 << 20;
const _: () = assert!(EXCHANGE_BYTES as u64 == GROUP_BYTES);

const HASH_BYTES: usize = 32;

/// What an export could not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Hash(HashError),
    /// No file hasher has this handle.
    NoSuchHandle,
    /// Longer than the exchange buffer.
    TooLong,
}

impl From<HashError> for Failure {
    fn from(error: HashError) -> Self {
        Self::Hash(error)
    }
}

/// The state of an instance.
pub(crate) struct Module {
    /// Allocated once: the page keeps its address.
    exchange: Vec<u8>,
    /// By handle. As many as the page opens.
    files: Vec<Option<FileHasher>>,
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
        let handle = self
            .files
            .iter()
            .position(Option::is_none)
            .unwrap_or_else(|| {
                self.files.push(None);
                self.files.len() - 1
            });
        self.files[handle] = Some(hasher);
        Ok(handle)
    }

    /// Adds the digest of group `group`, the first 32 bytes of the exchange buffer.
    pub(crate) fn add_digest(&mut self, handle: usize, group: u64) -> Result<(), Failure> {
        let mut digest = [0; HASH_BYTES];
        digest.copy_from_slice(&self.exchange[..HASH_BYTES]);
        self.file(handle)?.add(group, Digest(digest))?;
        Ok(())
    }

    /// Puts the hash of the file into the exchange buffer.
    pub(crate) fn finish_file(&mut self, handle: usize) -> Result<(), Failure> {
        let FileHash(hash) = self.file(handle)?.finish()?;
        self.put(&hash);
        Ok(())
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
