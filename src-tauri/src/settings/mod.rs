//! What the person has set. The interface reads and changes it through commands; the file is ours.

mod file;

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use maru_protocol::limits::MAX_NAME_CHARS;
use maru_session::ServerUrl;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest device ID kept, in bytes. Browsers use 64 hexadecimal digits.
const MAX_DEVICE_ID: usize = 512;

/// `Settings` of `ui/src/host/types.ts`, with the same defaults; `ui/src/host/desktop/contract.json`
/// holds both to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settings {
    name: String,
    language: Language,
    theme: Theme,
    sounds: bool,
    microphone_on: bool,
    camera_on: bool,
    microphone_id: Option<String>,
    camera_id: Option<String>,
    speaker_id: Option<String>,
    echo_cancellation: bool,
    noise_suppression: bool,
    gain_control: bool,
    screen_content: ScreenContent,
    pub(crate) server_url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Language {
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
            microphone_on: false,
            camera_on: false,
            microphone_id: None,
            camera_id: None,
            speaker_id: None,
            echo_cancellation: true,
            noise_suppression: true,
            gain_control: true,
            screen_content: ScreenContent::Text,
            server_url: ServerUrl::local().origin().into(),
        }
    }
}

/// Why a setting was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// The field does not exist, or the value is not one it can have.
    #[error("'{0}' cannot have this value")]
    Invalid(String),
    /// The file could not be written; the settings hold until the app ends.
    #[error("the settings could not be saved: {0}")]
    Save(#[from] io::Error),
}

impl Settings {
    fn is_sound(&self) -> bool {
        let ids = [&self.microphone_id, &self.camera_id, &self.speaker_id];
        self.name.chars().count() <= MAX_NAME_CHARS
            && !self.name.chars().any(char::is_control)
            && ids
                .into_iter()
                .flatten()
                .all(|id| id.len() <= MAX_DEVICE_ID)
            && ServerUrl::parse(&self.server_url).is_ok()
    }

    /// These settings with one field changed; `None` where the field or value is not ours.
    fn with(&self, field: &str, value: Value) -> Option<Self> {
        let Ok(Value::Object(mut fields)) = serde_json::to_value(self) else {
            return None;
        };
        *fields.get_mut(field)? = value;
        let mut changed: Self = serde_json::from_value(Value::Object(fields)).ok()?;
        if let Ok(server) = ServerUrl::parse(&changed.server_url) {
            changed.server_url = server.origin().into();
        }
        changed.is_sound().then_some(changed)
    }
}

/// The settings, their file, and what was found in it that this version does not know: a newer version's
/// fields survive a visit of an older one.
pub(crate) struct Store {
    path: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    settings: Settings,
    foreign: Map<String, Value>,
}

impl Store {
    /// Reads the file. Never fails: a missing file is a first start, a value that is not possible any
    /// more is its default, and a file that is no settings at all is kept beside the new one
    /// (`settings.json.broken`).
    pub(crate) fn open(path: PathBuf) -> Self {
        let mut settings = Settings::default();
        let mut foreign = Map::new();
        for (field, value) in file::read(&path) {
            match settings.with(&field, value.clone()) {
                Some(changed) => settings = changed,
                None => {
                    foreign.insert(field, value);
                }
            }
        }
        Self {
            path,
            inner: Mutex::new(Inner { settings, foreign }),
        }
    }

    pub(crate) fn get(&self) -> Settings {
        self.lock().settings.clone()
    }

    /// Changes the given fields, all or none, and saves.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] changes nothing; [`SettingsError::Save`] has changed the settings of
    /// this run.
    pub(crate) fn set(&self, patch: Map<String, Value>) -> Result<Settings, SettingsError> {
        // Held while writing, so that files are written in the order of the changes.
        let mut inner = self.lock();
        let mut settings = inner.settings.clone();
        for (field, value) in patch {
            settings = settings
                .with(&field, value)
                .ok_or(SettingsError::Invalid(field))?;
        }
        inner.settings = settings;
        let mut content = inner.foreign.clone();
        if let Ok(Value::Object(fields)) = serde_json::to_value(&inner.settings) {
            content.extend(fields);
        }
        file::write(&self.path, &content)?;
        Ok(inner.settings.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        // Settings are replaced whole: a panic elsewhere cannot have left them half changed.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
