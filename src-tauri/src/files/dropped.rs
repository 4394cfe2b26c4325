//! Paths that were dropped on the window. The page names them by a token and never gets the paths.

use std::{
    collections::VecDeque,
    path::PathBuf,
    time::{Duration, Instant},
};

use uuid::Uuid;

/// Limit of drops that are kept; a new one replaces the oldest. A page needs one, until the person has said for whom it is.
const MAX_DROPS: usize = 4;

/// How long a drop is kept.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

struct Drop {
    token: String,
    paths: Vec<PathBuf>,
    at: Instant,
}

/// The recent drops, the oldest first.
#[derive(Default)]
pub(crate) struct DroppedPaths(VecDeque<Drop>);

impl DroppedPaths {
    /// Keeps `paths`, and returns the token to take them by.
    pub(crate) fn insert(&mut self, paths: Vec<PathBuf>, now: Instant) -> String {
        self.expire(now);
        if self.0.len() >= MAX_DROPS {
            self.0.pop_front();
        }
        let token = Uuid::new_v4().simple().to_string();
        self.0.push_back(Drop {
            token: token.clone(),
            paths,
            at: now,
        });
        token
    }

    /// The paths of a drop, once; `None` for an unknown or expired token.
    pub(crate) fn take(&mut self, token: &str, now: Instant) -> Option<Vec<PathBuf>> {
        self.expire(now);
        let index = self.0.iter().position(|drop| drop.token == token)?;
        self.0.remove(index).map(|drop| drop.paths)
    }

    /// The page that has the tokens is gone.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    fn expire(&mut self, now: Instant) {
        self.0
            .retain(|drop| now.saturating_duration_since(drop.at) < LIFETIME);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> Vec<PathBuf> {
        vec![PathBuf::from("/home/minji").join(name)]
    }

    #[test]
    fn a_token_names_its_own_paths_once() {
        let mut dropped = DroppedPaths::default();
        let now = Instant::now();
        let a = dropped.insert(path("a"), now);
        let b = dropped.insert(path("b"), now);
        assert_ne!(a, b);
        assert_eq!(dropped.take(&b, now), Some(path("b")));
        assert_eq!(dropped.take(&b, now), None);
        assert_eq!(dropped.take(&a, now), Some(path("a")));
        assert_eq!(dropped.take("", now), None);
    }

    #[test]
    fn drops_expire() {
        let mut dropped = DroppedPaths::default();
        let start = Instant::now();
        let kept = dropped.insert(path("kept"), start);
        let expired = dropped.insert(path("expired"), start);
        let last = start + LIFETIME.saturating_sub(Duration::from_millis(1));
        assert_eq!(dropped.take(&kept, last), Some(path("kept")));
        assert_eq!(dropped.take(&expired, start + LIFETIME), None);
    }

    #[test]
    fn only_the_latest_are_kept() {
        let mut dropped = DroppedPaths::default();
        let now = Instant::now();
        let tokens: Vec<String> = (0..=MAX_DROPS)
            .map(|index| dropped.insert(path(&index.to_string()), now))
            .collect();
        assert_eq!(dropped.take(&tokens[0], now), None);
        for (index, token) in tokens.iter().enumerate().skip(1) {
            assert_eq!(dropped.take(token, now), Some(path(&index.to_string())));
        }
    }

    #[test]
    fn the_next_page_has_none() {
        let mut dropped = DroppedPaths::default();
        let now = Instant::now();
        let token = dropped.insert(path("a"), now);
        dropped.clear();
        assert_eq!(dropped.take(&token, now), None);
    }
}
