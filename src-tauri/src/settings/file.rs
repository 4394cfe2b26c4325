use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

/// Largest settings file read, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// The object in the file; empty without one. A file that is there and is no such object is renamed, not
/// lost: the next write makes a new one.
pub(super) fn read(path: &Path) -> Map<String, Value> {
    match read_object(path) {
        Ok(object) => object,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            // Failing to keep a broken file is no reason not to start.
            let _ = fs::rename(path, beside(path, "broken"));
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

/// Replaces the file: written beside it, flushed to disk, renamed over it, so that a crash leaves the old
/// or the new one and never half of it.
pub(super) fn write(path: &Path, content: &Map<String, Value>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut text = serde_json::to_vec_pretty(content)?;
    text.push(b'\n');
    if text.len() as u64 > MAX_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let next = beside(path, "next");
    let mut file = File::create(&next)?;
    file.write_all(&text)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&next, path)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}
