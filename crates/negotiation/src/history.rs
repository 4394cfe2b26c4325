//! Which descriptions of the other side were applied already: signaling may repeat them, late and out of order.

use std::collections::VecDeque;

use crate::{SessionDescription, sdp};

/// Descriptions remembered. Those in flight at once are fewer.
const MAX_REMEMBERED: usize = 16;

/// What tells one description from another: the ID of its offer, or where its author gives none, its text without what
/// candidate gathering changes. Authors write another version into the `o=` line of each (RFC 8829 §5.2.2, §5.3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    OfferId(String),
    Text(String),
}

impl Identity {
    pub(crate) fn of(description: &SessionDescription) -> Self {
        match &description.offer_id {
            Some(id) => Self::OfferId(id.clone()),
            None => Self::Text(sdp::without_candidates(&description.sdp)),
        }
    }
}

/// The last ones that were applied, offers and answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct History(VecDeque<Identity>);

impl History {
    pub(crate) fn contains(&self, identity: &Identity) -> bool {
        self.0.contains(identity)
    }

    pub(crate) fn add(&mut self, identity: Identity) {
        if self.0.len() == MAX_REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(identity);
    }
}
