/// Stands for the size of a folder.
pub const FOLDER: u64 = u64::MAX;
