//! Marks that a file came from elsewhere, so that the system asks before it runs a program.

use std::fs::File;

use super::Directory;

/// Linux has no such mark.
#[cfg(not(any(windows, target_vendor = "apple")))]
pub(crate) fn mark_downloaded(_folder: &Directory, _name: &std::ffi::OsStr, _file: &File) {}

/// The attribute that Gatekeeper looks at. File systems without attributes cannot have it.
#[cfg(target_vendor = "apple")]
pub(crate) fn mark_downloaded(_folder: &Directory, _name: &std::ffi::OsStr, file: &File) {
    // Flags (downloaded, not yet approved), time in hexadecimal seconds, program, no record in a database.
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let value = format!("0081;{seconds:08x};Maru;");
    let flags = rustix::fs::XattrFlags::empty();
    let _ = rustix::fs::fsetxattr(file, c"com.apple.quarantine", value.as_bytes(), flags);
}

/// The stream that SmartScreen and Office look at: zone 3 is the Internet. FAT cannot have it.
#[cfg(windows)]
pub(crate) fn mark_downloaded(folder: &Directory, name: &std::ffi::OsStr, _file: &File) {
    let mut stream = folder.path_of(name).into_os_string();
    stream.push(":Zone.Identifier");
    let _ = std::fs::write(stream, "[ZoneTransfer]\r\nZoneId=3\r\n");
}
