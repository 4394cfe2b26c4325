//! What the shell does when transfers change: it keeps the computer awake, and notifies the person while they look at
//! something else.

use std::{ops::ControlFlow, time::Instant};

use maru_files::{Files, TransferState, TransferView};
use tauri::{AppHandle, Manager};

use crate::{
    awake::{Awake, Purpose},
    files::{
        notice::{self, NoticeLimit},
        states::TransferStates,
    },
    notifications,
    shell::Shell,
    texts::texts,
};

/// Observes all transfers until the app ends.
pub(crate) fn start(app: AppHandle, files: &Files) {
    let mut states = TransferStates::default();
    let mut awake = Awake::new(Purpose::Files);
    let mut limit = NoticeLimit::default();
    files.observe(move |event| {
        let changed = states.on_event(&event);
        awake.set(states.is_busy());
        if let Some(transfer) = changed
            && notice::is_worth_one(transfer)
            && notifications::are_wanted(&app.state::<Shell>())
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
    let notice = notice::notice(&transfer, location.as_deref(), texts);
    // Each is shown: none replaces the notification of another transfer.
    notifications::show(&app, &notice, None);
}
