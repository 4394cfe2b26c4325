//! The names that entries have in the manifest.

use std::{
    collections::HashSet,
    ffi::OsStr,
    path::{Component, Path},
};

/// Names of the folders in one folder that could be the same in the manifest.
#[derive(Debug, Default)]
pub(super) struct FolderNames {
    taken: HashSet<String>,
}

impl FolderNames {
    /// `name`, or with a number behind it if there was a folder of that name.
    pub(super) fn claim(&mut self, name: String) -> String {
        if self.taken.insert(name.clone()) {
            return name;
        }
        let mut number = 2_u64;
        loop {
            let numbered = format!("{name} ({number})");
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
            number += 1;
        }
    }

    /// As [`Self::claim`], inside of a folder: only names that are not Unicode, or look like one of those, can be the same.
    pub(super) fn claim_inside(&mut self, name: String) -> String {
        if name.contains('\u{FFFD}') {
            self.claim(name)
        } else {
            name
        }
    }
}

/// What is not Unicode becomes U+FFFD.
pub(super) fn wire_name(name: &OsStr) -> String {
    name.to_string_lossy().into_owned()
}

/// The name of something that a person selected: that of the path, of a link not that of its target.
pub(super) fn selected_name(path: &Path, target: &Path) -> String {
    let name = path.file_name().or_else(|| target.file_name());
    if let Some(name) = name {
        return wire_name(name);
    }
    // The root of a drive.
    let letters = match target.components().next() {
        Some(Component::Prefix(prefix)) => wire_name(prefix.as_os_str()),
        _ => String::new(),
    };
    let name: String = letters
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    if name.is_empty() {
        "_".to_owned()
    } else {
        name
    }
}
