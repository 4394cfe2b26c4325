//! Reports audio levels to the page.

use std::sync::Arc;
use std::time::Duration;

use super::shared::Shared;
use crate::event::{EngineEvent, RemoteLevel};

/// Level meters look smooth at this rate.
const INTERVAL: Duration = Duration::from_millis(100);

/// Runs until it is aborted.
pub(super) async fn report_levels(shared: Arc<Shared>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut was_idle = true;
    loop {
        ticks.tick().await;
        let levels = shared.sound.levels();
        let has_microphone = shared
            .page()
            .as_ref()
            .is_some_and(|page| page.microphone.is_some());
        let idle = !has_microphone && levels.streams.is_empty();
        // One report after the last audio lets the meters fall to silence. Then nothing: an idle window costs no CPU.
        if idle && was_idle {
            continue;
        }
        was_idle = idle;
        shared.emit(EngineEvent::Levels {
            microphone: levels.microphone,
            input: levels.input,
            remote: levels
                .streams
                .into_iter()
                .map(|(stream, level)| RemoteLevel { stream, level })
                .collect(),
        });
    }
}
