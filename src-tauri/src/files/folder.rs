//! The folder that gets received files.

use std::path::PathBuf;

/// The first of these that is a folder now: the one that the person has chosen, the system's folder for downloads, the home
/// folder. Waits for the disk.
pub(crate) fn for_downloads(
    chosen: Option<PathBuf>,
    downloads: Option<PathBuf>,
    home: Option<PathBuf>,
) -> Option<PathBuf> {
    [chosen, downloads, home]
        .into_iter()
        .flatten()
        .find(|folder| folder.is_absolute() && folder.is_dir())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_folder_that_is_gone_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let [chosen, downloads, home] = ["chosen", "downloads", "home"].map(|name| {
            let folder = root.path().join(name);
            fs::create_dir(&folder).unwrap();
            folder
        });
        let select = || {
            for_downloads(
                Some(chosen.clone()),
                Some(downloads.clone()),
                Some(home.clone()),
            )
        };
        assert_eq!(select().as_ref(), Some(&chosen));
        // A file is no folder.
        fs::remove_dir(&chosen).unwrap();
        fs::write(&chosen, "").unwrap();
        assert_eq!(select().as_ref(), Some(&downloads));
        fs::remove_dir(&downloads).unwrap();
        assert_eq!(select().as_ref(), Some(&home));
        fs::remove_dir(&home).unwrap();
        assert_eq!(select(), None);
        assert_eq!(for_downloads(Some(".".into()), None, None), None);
    }
}
