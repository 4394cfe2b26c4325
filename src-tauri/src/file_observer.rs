//! What the shell does when transfers change: it keeps the computer awake, and notifies the person while they look at
//! something else.

use std::{ops::ControlFlow, sync::atomic::Ordering, time::Instant};

use maru_files::{Files, TransferState, TransferView};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;

use crate::{
    files::{
        awake::Awake,
        notice::{self, NoticeLimit},
        states::TransferStates,
    },
    shell::Shell,
    texts::texts,
};

/// Observes all transfers until the app ends.
pub(crate) fn start(app: AppHandle, files: &Files) {
    let mut states = TransferStates::default();
    let mut awake = Awake::new();
    let mut limit = NoticeLimit::default();
    files.observe(move |event| {
        let changed = states.on_event(&event);
        awake.set(states.is_busy());
        if let Some(transfer) = changed
            && notice::is_worth_one(transfer)
            && !app.state::<Shell>().is_focused.load(Ordering::Relaxed)
            && limit.allow(Instant::now())
        {
            tauri::async_runtime::spawn(notify(app.clone(), transfer.clone()));
        }
        ControlFlow::Continue(())
    });
}

async fn notify(app: AppHandle, transfer: TransferView) {
    let shell = app.state::<Shell>();
    let location = match transfer.state {
        TransferState::Done => shell.files.location(transfer.id, transfer.direction).await,
        _ => None,
    };
    let texts = texts(shell.settings.get().language);
    // The Desktop Notifications Specification has markup, Windows and macOS have none.
    let is_markup = cfg!(target_os = "linux");
    let notice = notice::notice(&transfer, location.as_deref(), texts, is_markup);
    let builder = app.notification().builder();
    // Without a notification service the page still shows it.
    let _ = builder.title(notice.title).body(notice.body).show();
}
