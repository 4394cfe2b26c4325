use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

/// Limit of the file, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// The object in the file; empty if there is no file. A file with anything else is renamed, so that the next write does
/// not overwrite it.
pub(super) fn read(path: &Path) -> Map<String, Value> {
    match read_object(path) {
        Ok(object) => object,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            // Without the backup the app can still start.
            let _ = fs::rename(path, with_suffix(path, "broken"));
            Map::new()
        }
        Err(_) => Map::new(),
    }
}

fn read_object(path: &Path) -> io::Result<Map<String, Value>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    serde_json::from_slice(&bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Replaces the file atomically: writes a new one beside it, flushes it to disk and renames it. A crash leaves the old or
/// the new file.
pub(super) fn write(path: &Path, content: &Map<String, Value>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut text = serde_json::to_vec_pretty(content)?;
    text.push(b'\n');
    if text.len() as u64 > MAX_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let next = with_suffix(path, "next");
    let mut file = File::create(&next)?;
    file.write_all(&text)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&next, path)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}
