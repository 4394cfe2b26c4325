//! File transfer: `ui/src/host/desktop/files.ts`.

use std::{
    io::ErrorKind,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use maru_files::{Direction, EntryView, FilesEvent, TransferId};
use maru_protocol::ParticipantId;
use serde::Deserialize;
use tauri::{
    AppHandle, Manager, State,
    ipc::{Channel, Response},
};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::Semaphore;

use super::error::CommandError;
use crate::{
    files::{drag::FileDrag, folder, thumbnail},
    shell::Shell,
    texts::{Texts, texts},
};

/// Limit of the participants of one offer: more than any room has.
const MAX_RECEIVERS: usize = 256;

/// Limit of the entries of one answer.
const MAX_ENTRIES: u32 = 200;

/// Sends every event of transfers from now on to `channel`, beginning with all transfers.
#[tauri::command]
pub(crate) fn files_subscribe(shell: State<'_, Shell>, channel: Channel<FilesEvent>) {
    shell
        .files
        .subscribe(move |event| match channel.send(event) {
            Ok(()) => ControlFlow::Continue(()),
            // The webview is closed. The next one subscribes for itself.
            Err(_) => ControlFlow::Break(()),
        });
}

/// What a dialog lets the person select.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Pick {
    /// Any number of files.
    Files,
    /// One folder.
    Folder,
}

/// Asks the person what to send, and offers it. Nothing is offered if they cancel.
#[tauri::command]
pub(crate) async fn files_pick(
    app: AppHandle,
    shell: State<'_, Shell>,
    kind: Pick,
    to: Vec<ParticipantId>,
) -> Result<(), CommandError> {
    let to = receivers(to)?;
    let texts = texts_of(&shell);
    // GTK would show the recent files, and does not open a path that is typed there. Other systems remember a folder.
    let home = app.path().home_dir().ok();
    let start = home.filter(|_| cfg!(target_os = "linux"));
    let paths = match kind {
        Pick::Files => {
            let title = texts.choose_files;
            shell.dialogs.pick_files(&app, title, start).await?
        }
        Pick::Folder => shell
            .dialogs
            .pick_folder(&app, texts.choose_folder, start)
            .await?
            .into_iter()
            .collect(),
    };
    if !paths.is_empty() {
        shell.files.offer(to, paths);
    }
    Ok(())
}

/// Offers what was dropped on the window under this token. A token is for one offer.
#[tauri::command]
pub(crate) fn files_offer_dropped(
    shell: State<'_, Shell>,
    token: String,
    to: Vec<ParticipantId>,
) -> Result<(), CommandError> {
    let to = receivers(to)?;
    let paths = shell
        .drags
        .take(&token)
        .filter(|paths| !paths.is_empty())
        .ok_or_else(|| CommandError::new("not-dropped", "nothing was dropped with this token"))?;
    shell.files.offer(to, paths);
    Ok(())
}

/// Accepts an offer. `ask`: into a folder that the person selects; if they cancel, the offer stays. `by_rule`: the person has
/// not seen it.
#[tauri::command]
pub(crate) async fn files_accept(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: TransferId,
    ask: bool,
    by_rule: bool,
) -> Result<(), CommandError> {
    let default = download_folder(&app, &shell).await?;
    let folder = if ask {
        let title = texts_of(&shell).choose_destination;
        match shell.dialogs.pick_folder(&app, title, default).await? {
            Some(folder) => folder,
            None => return Ok(()),
        }
    } else {
        default.ok_or_else(|| CommandError::new("no-folder", "no folder for downloads exists"))?
    };
    if by_rule {
        shell.files.accept_by_rule(id, folder);
    } else {
        shell.files.accept(id, folder);
    }
    Ok(())
}

#[tauri::command]
pub(crate) fn files_decline(shell: State<'_, Shell>, id: TransferId) {
    shell.files.decline(id);
}

/// What can be done with a transfer.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Pause,
    Resume,
    Cancel,
    Retry,
    Forget,
    /// Show in its folder.
    Reveal,
}

#[tauri::command]
pub(crate) async fn files_control(
    app: AppHandle,
    shell: State<'_, Shell>,
    action: Action,
    id: TransferId,
    direction: Direction,
) -> Result<(), CommandError> {
    let files = &shell.files;
    match action {
        Action::Pause => files.pause(id, direction),
        Action::Resume => files.resume(id, direction),
        Action::Cancel => files.cancel(id, direction),
        Action::Retry => files.retry(id, direction),
        Action::Forget => files.forget(id, direction),
        Action::Reveal => {
            let location = files
                .location(id, direction)
                .await
                .ok_or_else(|| CommandError::new("missing", "nothing to show"))?;
            reveal(app, location).await?;
        }
    }
    Ok(())
}

/// Entries `first` and following of a transfer, at most `count` and [`MAX_ENTRIES`].
#[tauri::command]
pub(crate) async fn files_entries(
    shell: State<'_, Shell>,
    id: TransferId,
    direction: Direction,
    first: u32,
    count: u32,
) -> Result<Vec<EntryView>, CommandError> {
    let count = count.min(MAX_ENTRIES);
    Ok(shell.files.entries(id, direction, first, count).await)
}

/// A small picture of the file that a transfer sent or received, as PNG. The page asks only for what the person accepted
/// with a click; here it is seen to that a picture is decoded within limits, one at a time.
#[tauri::command]
pub(crate) async fn files_thumbnail(
    shell: State<'_, Shell>,
    id: TransferId,
    direction: Direction,
) -> Result<Response, CommandError> {
    static ONE: Semaphore = Semaphore::const_new(1);
    let location = shell
        .files
        .location(id, direction)
        .await
        .filter(|path| thumbnail::is_picture(path))
        .ok_or_else(|| CommandError::new("no-picture", "nothing to show"))?;
    let _permit = ONE.acquire().await;
    // Should a decoder panic, the command fails.
    let png = blocking(move || thumbnail::thumbnail(&location)).await?;
    Ok(Response::new(
        png.map_err(|error| CommandError::new("no-picture", error))?,
    ))
}

/// Whether media runs with anyone: transfers yield to it.
#[tauri::command]
pub(crate) fn files_call_active(shell: State<'_, Shell>, active: bool) {
    shell.files.set_call_active(active);
}

/// Sends what is dragged over the window from now on to `channel`.
#[tauri::command]
pub(crate) fn files_drags(shell: State<'_, Shell>, channel: Channel<FileDrag>) {
    shell.drags.subscribe(channel);
}

/// Asks the person for the folder that gets received files, saves it, and returns it; null if they cancel.
#[tauri::command]
pub(crate) async fn files_choose_folder(
    app: AppHandle,
    shell: State<'_, Shell>,
) -> Result<Option<String>, CommandError> {
    let title = texts_of(&shell).choose_download_folder;
    let present = download_folder(&app, &shell).await?;
    let Some(folder) = shell.dialogs.pick_folder(&app, title, present).await? else {
        return Ok(None);
    };
    let saved =
        blocking(move || app.state::<Shell>().settings.set_download_folder(&folder)).await?;
    Ok(saved?.download_folder)
}

/// Each participant once.
fn receivers(mut to: Vec<ParticipantId>) -> Result<Vec<ParticipantId>, CommandError> {
    if to.is_empty() || to.len() > MAX_RECEIVERS {
        let detail = format!("1 to {MAX_RECEIVERS} participants, not {}", to.len());
        return Err(CommandError::new("invalid-receivers", detail));
    }
    to.sort_unstable();
    to.dedup();
    Ok(to)
}

fn texts_of(shell: &Shell) -> &'static Texts {
    texts(shell.settings.get().language)
}

async fn download_folder(app: &AppHandle, shell: &Shell) -> Result<Option<PathBuf>, CommandError> {
    let chosen = shell.settings.get().download_folder.map(PathBuf::from);
    let downloads = app.path().download_dir().ok();
    let home = app.path().home_dir().ok();
    blocking(move || folder::for_downloads(chosen, downloads, home)).await
}

async fn reveal(app: AppHandle, path: PathBuf) -> Result<(), CommandError> {
    blocking(move || {
        exists(&path)?;
        app.opener()
            .reveal_item_in_dir(path)
            .map_err(|error| CommandError::new("not-opened", error))
    })
    .await?
}

/// File managers report in different ways, or not at all, that what they are to show is gone. A link counts as itself.
fn exists(path: &Path) -> Result<(), CommandError> {
    match path.symlink_metadata() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(CommandError::new("missing", error))
        }
        // No permission, or a drive that does not answer.
        Err(error) => Err(CommandError::new("not-opened", error)),
    }
}

/// Runs what waits for the disk or another program.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CommandError> {
    tauri::async_runtime::spawn_blocking(work)
        .await
        .map_err(|error| CommandError::new("failed", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_told_from_what_cannot_be_shown() {
        let folder = tempfile::tempdir().unwrap();
        let code = |path: &Path| exists(path).map_err(|error| error.code());
        assert_eq!(code(folder.path()), Ok(()));
        assert_eq!(code(&folder.path().join("gone")), Err("missing"));
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        // No folder any more: what was in it is gone.
        assert!(code(&file.join("x")).is_err());
    }

    fn participant(number: u8) -> ParticipantId {
        ParticipantId(uuid::Uuid::from_bytes([number; 16]))
    }

    #[test]
    fn receivers_are_counted_once_and_limited() {
        let [a, b] = [participant(1), participant(2)];
        assert_eq!(receivers(vec![b, a, b]).unwrap(), [a, b]);
        assert!(receivers(Vec::new()).is_err());
        assert!(receivers(vec![a; MAX_RECEIVERS]).is_ok());
        assert!(receivers(vec![a; MAX_RECEIVERS + 1]).is_err());
    }
}
