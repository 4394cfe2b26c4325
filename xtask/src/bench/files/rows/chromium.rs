//! The desktop app and Chromium.

use super::super::{
    browser,
    measured::Column::MegabytesPerSecond,
    row::{Contestant, Goal, Needs, OURS, RAW, Row},
};

pub(super) fn both_ways() -> [Row; 2] {
    let row = |name, title, ours: &'static str, raw: &'static str| Row {
        name,
        title,
        needs: Needs::App,
        compared: MegabytesPerSecond,
        goals: vec![
            Goal::AtLeast(MegabytesPerSecond, 60.0),
            Goal::Times(0.75, RAW),
        ],
        contestants: vec![
            Contestant::new(OURS, |_| browser::measure(ours)),
            Contestant::new(RAW, |_| browser::measure(raw)),
        ],
    };
    [
        row(
            "to-chromium",
            "desktop → Chromium",
            "file, app to Chromium",
            "raw channel, engine to Chromium",
        ),
        row(
            "from-chromium",
            "Chromium → desktop",
            "file, Chromium to app",
            "raw channel, Chromium to engine",
        ),
    ]
}
