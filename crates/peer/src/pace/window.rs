//! Sliding time windows.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Removes the entries that are older than `age`. The oldest is at the front.
pub(super) fn expire<T>(window: &mut VecDeque<(Instant, T)>, now: Instant, age: Duration) {
    while window
        .front()
        .is_some_and(|(at, _)| now.saturating_duration_since(*at) > age)
    {
        window.pop_front();
    }
}
