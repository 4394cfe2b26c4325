//! The folders of a manifest, and the names that they get.

use maru_transfer::{
    control::RelativePath,
    name::{FolderId, Place},
};

use super::{Manifest, RENAMED_FOLDER, damaged};
use crate::{DiskError, codec::Encoder};

impl Manifest {
    /// The outermost folder that something is in, or is.
    pub(super) fn top(&mut self, path: &RelativePath, is_folder: bool) -> Option<FolderId> {
        let (first, is_inside) = path
            .as_str()
            .split_once('/')
            .map_or((path.as_str(), false), |(first, _)| (first, true));
        if !is_inside && !is_folder {
            return None;
        }
        self.folder_of(first)
    }

    /// A folder by its path in the manifest. It was placed before.
    pub(super) fn folder_of(&mut self, path: &str) -> Option<FolderId> {
        let path = RelativePath::new(path).ok()?;
        self.layout.place(&path, true).ok()?.folder
    }

    /// Gives a folder the next name, and stores it. `path`: of an entry that it is, or is in it.
    pub(in crate::destination) fn rename_folder(
        &mut self,
        folder: FolderId,
        path: &str,
    ) -> Result<(), DiskError> {
        let depth = self.folders_to(folder).len();
        let components: Vec<&str> = path.split('/').take(depth).collect();
        let path = &RelativePath::new(&components.join("/")).map_err(|_| damaged())?;
        let mut place = self.layout.place(path, true).map_err(|_| damaged())?;
        self.layout.rename(path, &mut place);
        self.push(Encoder::new(RENAMED_FOLDER).bytes(path.as_str().as_bytes()));
        self.flush()
    }

    /// The parent and the name of a folder of the transfer.
    pub(in crate::destination) fn folder(&self, folder: FolderId) -> Option<(FolderId, &str)> {
        self.layout.folder(folder)
    }

    /// The folder itself and the folders it is in, outermost first.
    pub(in crate::destination) fn folders_to(&self, mut folder: FolderId) -> Vec<FolderId> {
        let mut folders = Vec::new();
        while let Some((parent, _)) = self.folder(folder) {
            folders.push(folder);
            folder = parent;
        }
        folders.reverse();
        folders
    }

    pub(in crate::destination) fn top_number(&self, top: FolderId) -> Option<u32> {
        self.top_numbers.get(&top).copied()
    }

    /// How many outermost folders there are.
    pub(in crate::destination) fn top_count(&self) -> u32 {
        u32::try_from(self.tops.len()).unwrap_or(u32::MAX)
    }

    pub(in crate::destination) fn top_folder(&self, number: u32) -> Option<FolderId> {
        self.tops.get(number as usize).map(|(folder, _)| *folder)
    }

    /// Gives an outermost folder the next name, and stores it.
    pub(in crate::destination) fn rename_top(&mut self, number: u32) -> Result<(), DiskError> {
        let (folder, entry) = *self.tops.get(number as usize).ok_or_else(damaged)?;
        let entry = self.get(entry)?.entry;
        self.rename_folder(folder, entry.path.as_str())
    }

    /// The place of an entry on this disk, relative to the folder that the person chose.
    pub(in crate::destination) fn path_of(&self, place: &Place) -> String {
        let folders = self.folders_to(place.folder.unwrap_or(place.parent));
        let names = folders.iter().filter_map(|it| Some(self.folder(*it)?.1));
        let mut path: Vec<&str> = names.collect();
        if place.folder.is_none() {
            path.push(&place.name);
        }
        path.join("/")
    }
}
