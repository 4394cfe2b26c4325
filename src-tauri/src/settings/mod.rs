//! The person's settings and their file. The page reads and changes them by commands.

mod file;
mod recent;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use maru_protocol::limits::MAX_NAME_CHARS;
use maru_session::ServerUrl;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use recent::RecentRoom;

/// Limit of a device ID, in bytes. Browsers use 64 hexadecimal digits.
const MAX_DEVICE_ID: usize = 512;

/// Limit of a path, in bytes: `PATH_MAX` of Linux.
const MAX_PATH_BYTES: usize = 4096;

/// The page cannot change it to a path of its choice: received files would go there.
const DOWNLOAD_FOLDER: &str = "downloadFolder";

/// `Settings` of `ui/src/host/types.ts`, with the same defaults: both are tested against
/// `ui/src/host/desktop/contract.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settings {
    name: String,
    pub(crate) language: Language,
    theme: Theme,
    sounds: bool,
    shortcuts: bool,
    pub(crate) notifications: bool,
    hide_message_text: bool,
    microphone_on: bool,
    camera_on: bool,
    microphone_id: Option<String>,
    camera_id: Option<String>,
    speaker_id: Option<String>,
    echo_cancellation: bool,
    noise_suppression: bool,
    gain_control: bool,
    mirror_self: bool,
    hide_self: bool,
    screen_content: ScreenContent,
    pub(crate) server_url: String,
    /// Gets received files; `None` for the system's folder for downloads.
    pub(crate) download_folder: Option<String>,
    /// The newest first.
    recent_rooms: Vec<RecentRoom>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    System,
    Ko,
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Theme {
    System,
    Dark,
    Light,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ScreenContent {
    Text,
    Motion,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            language: Language::System,
            theme: Theme::System,
            sounds: true,
            shortcuts: true,
            notifications: true,
            hide_message_text: false,
            microphone_on: false,
            camera_on: false,
            microphone_id: None,
            camera_id: None,
            speaker_id: None,
            echo_cancellation: true,
            noise_suppression: true,
            gain_control: true,
            mirror_self: true,
            hide_self: false,
            screen_content: ScreenContent::Text,
            server_url: ServerUrl::local().origin().into(),
            download_folder: None,
            recent_rooms: Vec::new(),
        }
    }
}

/// Why a change failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// There is no such field, or it cannot have this value.
    #[error("'{0}' cannot have this value")]
    Invalid(String),
    /// The file could not be written. The change is in effect until the app ends.
    #[error("the settings could not be saved: {0}")]
    Save(#[from] io::Error),
}

impl Settings {
    fn is_valid(&self) -> bool {
        let ids = [&self.microphone_id, &self.camera_id, &self.speaker_id];
        self.name.chars().count() <= MAX_NAME_CHARS
            && !self.name.chars().any(char::is_control)
            && ids
                .into_iter()
                .flatten()
                .all(|id| id.len() <= MAX_DEVICE_ID)
            && ServerUrl::parse(&self.server_url).is_ok()
            && recent::are_valid(&self.recent_rooms)
            && self.download_folder.as_ref().is_none_or(|folder| {
                folder.len() <= MAX_PATH_BYTES && Path::new(folder).is_absolute()
            })
    }

    /// These settings with one field changed; `None` if the field or its value is unknown.
    fn with(&self, field: &str, value: Value) -> Option<Self> {
        let Ok(Value::Object(mut fields)) = serde_json::to_value(self) else {
            return None;
        };
        *fields.get_mut(field)? = value;
        let mut changed: Self = serde_json::from_value(Value::Object(fields)).ok()?;
        if let Ok(server) = ServerUrl::parse(&changed.server_url) {
            changed.server_url = server.origin().into();
        }
        changed.is_valid().then_some(changed)
    }
}

/// The settings and their file.
pub(crate) struct Store {
    path: PathBuf,
    content: Mutex<Content>,
    /// Serialises changes, so that the file is written in their order. Held while the disk is written, and therefore not
    /// the lock of `content`: [`Store::get`] runs on the main thread, which would freeze on a slow disk.
    writing: Mutex<()>,
}

struct Content {
    settings: Settings,
    /// Fields of the file that this version does not know. They are written back, so that a later version finds them
    /// again.
    unknown: Map<String, Value>,
}

impl Store {
    /// Reads the file. Never fails: without a file, and for values that are no longer valid, the defaults are used. A
    /// file that cannot be parsed is renamed to `settings.json.broken`.
    pub(crate) fn open(path: PathBuf) -> Self {
        let mut settings = Settings::default();
        let mut unknown = Map::new();
        for (field, value) in file::read(&path) {
            match settings.with(&field, value.clone()) {
                Some(changed) => settings = changed,
                None => {
                    unknown.insert(field, value);
                }
            }
        }
        Self {
            path,
            content: Mutex::new(Content { settings, unknown }),
            writing: Mutex::new(()),
        }
    }

    /// Does not wait for the disk.
    pub(crate) fn get(&self) -> Settings {
        lock(&self.content).settings.clone()
    }

    /// Changes the given fields as the page asks, all or none, and saves. Waits for the disk. The page can reset
    /// `downloadFolder` and not set it.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] changes nothing; [`SettingsError::Save`] has changed the settings of
    /// this run.
    pub(crate) fn set(&self, patch: Map<String, Value>) -> Result<Settings, SettingsError> {
        if patch
            .get(DOWNLOAD_FOLDER)
            .is_some_and(|folder| !folder.is_null())
        {
            return Err(SettingsError::Invalid(DOWNLOAD_FOLDER.into()));
        }
        self.change(patch)
    }

    /// Sets the folder that the person has chosen in a dialog. Waits for the disk.
    ///
    /// # Errors
    /// As [`Self::set`]. Invalid are paths that are not Unicode: the file is JSON.
    pub(crate) fn set_download_folder(&self, folder: &Path) -> Result<Settings, SettingsError> {
        let folder = folder
            .to_str()
            .ok_or_else(|| SettingsError::Invalid(DOWNLOAD_FOLDER.into()))?;
        self.change(Map::from_iter([(DOWNLOAD_FOLDER.into(), folder.into())]))
    }

    fn change(&self, patch: Map<String, Value>) -> Result<Settings, SettingsError> {
        let _writing = lock(&self.writing);
        let mut settings = self.get();
        for (field, value) in patch {
            settings = settings
                .with(&field, value)
                .ok_or(SettingsError::Invalid(field))?;
        }
        let mut file_content = {
            let mut content = lock(&self.content);
            content.settings = settings.clone();
            content.unknown.clone()
        };
        if let Ok(Value::Object(fields)) = serde_json::to_value(&settings) {
            file_content.extend(fields);
        }
        file::write(&self.path, &file_content)?;
        Ok(settings)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The content is replaced as a whole, so that a panic cannot leave it half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
