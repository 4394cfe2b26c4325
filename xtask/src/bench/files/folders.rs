//! What is sent, and where it is put.

use std::{
    cell::Cell,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{command::target, failure::Failure};

/// Of the large file. Bytes.
pub(super) const LARGE: u64 = 1_000_000_000;
/// Files of the folder of small ones, in folders of [`IN_A_FOLDER`], and bytes of each.
pub(super) const SMALL_FILES: u32 = 100_000;
const IN_A_FOLDER: u32 = 1_000;
const SMALL: usize = 1_000;

/// A file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disk {
    /// Memory: what is sent is there, too.
    Tmpfs,
    /// That of the target folder.
    Real,
}

/// Folders of the benchmark, which are removed at the end.
pub(super) struct Folders {
    tmpfs: PathBuf,
    real: PathBuf,
    count: Cell<u32>,
}

impl Folders {
    pub(super) fn new() -> Result<Self, Failure> {
        let name = format!("maru-bench-files-{}", std::process::id());
        let folders = Self {
            tmpfs: Path::new("/dev/shm").join(&name),
            real: target().join(name),
            count: Cell::new(0),
        };
        for folder in [&folders.tmpfs, &folders.real] {
            fs::create_dir_all(folder).map_err(|error| step("making a folder", &error))?;
        }
        Ok(folders)
    }

    /// An empty folder. Nothing of earlier ones waits to be written.
    pub(super) fn destination(&self, disk: Disk) -> Result<Destination, Failure> {
        let parent = match disk {
            Disk::Tmpfs => &self.tmpfs,
            Disk::Real => &self.real,
        };
        if disk == Disk::Real {
            let synced = Command::new("sync").status();
            synced.map_err(|error| step("sync", &error))?;
        }
        self.count.set(self.count.get() + 1);
        let path = parent.join(format!("to-{}", self.count.get()));
        fs::create_dir(&path).map_err(|error| step("making a folder", &error))?;
        Ok(Destination(path))
    }

    /// A file of random bytes in memory.
    pub(super) fn large(&self) -> Result<PathBuf, Failure> {
        let path = self.tmpfs.join("large.bin");
        if !path.exists() {
            write_random(&path, LARGE).map_err(|error| step("writing what is sent", &error))?;
        }
        Ok(path)
    }

    /// So many times the large file, under different names.
    pub(super) fn several_large(&self, count: u32) -> Result<Vec<PathBuf>, Failure> {
        let large = self.large()?;
        (0..count)
            .map(|index| {
                let path = self.tmpfs.join(format!("large-{index}.bin"));
                if !path.exists() {
                    fs::hard_link(&large, &path).map_err(|error| step("linking", &error))?;
                }
                Ok(path)
            })
            .collect()
    }

    /// A folder of many small files in memory.
    pub(super) fn small_files(&self) -> Result<PathBuf, Failure> {
        let path = self.tmpfs.join("small");
        if !path.exists() {
            write_small_files(&path).map_err(|error| step("writing what is sent", &error))?;
        }
        Ok(path)
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        for folder in [&self.tmpfs, &self.real] {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// A folder that is removed after the run.
pub(super) struct Destination(pub(super) PathBuf);

impl Drop for Destination {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write_random(path: &Path, bytes: u64) -> io::Result<()> {
    let mut random = File::open("/dev/urandom")?.take(bytes);
    io::copy(&mut random, &mut File::create_new(path)?)?;
    Ok(())
}

fn write_small_files(path: &Path) -> io::Result<()> {
    let mut content = [0; SMALL];
    let mut random = File::open("/dev/urandom")?;
    for index in 0..SMALL_FILES {
        let folder = path.join(format!("{:03}", index / IN_A_FOLDER));
        if index % IN_A_FOLDER == 0 {
            fs::create_dir_all(&folder)?;
        }
        random.read_exact(&mut content)?;
        File::create_new(folder.join(format!("{index:06}.bin")))?.write_all(&content)?;
    }
    Ok(())
}

fn step(what: &str, error: &io::Error) -> Failure {
    Failure::Step(format!("{what}: {error}"))
}
