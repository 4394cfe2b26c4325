//! How soon a transfer ends that is cancelled.

use super::super::{
    browser,
    measured::Column::{CancelShown, CancelStopped},
    row::{Contestant, Goal, Needs, OURS, Row},
};

pub(super) fn cancelling() -> [Row; 6] {
    let row = |name, title, measurement: &'static str| Row {
        name,
        title,
        needs: Needs::App,
        compared: CancelShown,
        goals: vec![
            Goal::AtMost(CancelShown, 300.0),
            Goal::AtMost(CancelStopped, 300.0),
        ],
        contestants: vec![Contestant::new(OURS, move |_| {
            browser::measure(measurement)
        })],
    };
    [
        row(
            "cancel-sender",
            "cancelled by the sender, desktop → desktop",
            "cancel by the sender, app to app",
        ),
        row(
            "cancel-receiver",
            "by the receiver",
            "cancel by the receiver, app to app",
        ),
        row(
            "cancel-chromium-sender",
            "by the sender, Chromium → Chromium",
            "cancel by the sender, Chromium to Chromium",
        ),
        row(
            "cancel-chromium-receiver",
            "by the receiver",
            "cancel by the receiver, Chromium to Chromium",
        ),
        row(
            "cancel-firefox-sender",
            "by the sender, Firefox → Chromium",
            "cancel by the sender, Firefox to Chromium",
        ),
        row(
            "cancel-firefox-receiver",
            "by the receiver, Chromium → Firefox",
            "cancel by the receiver, Chromium to Firefox",
        ),
    ]
}
