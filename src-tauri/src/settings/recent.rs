use maru_protocol::RoomId;
use maru_session::ServerUrl;
use serde::{Deserialize, Serialize};

/// Limit of the rooms.
const MAX_RECENT: usize = 10;

/// A room that was entered: `RoomPlace` of `ui/src/host/room-link.ts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RecentRoom {
    /// Origin.
    server: String,
    room: RoomId,
}

pub(super) fn are_valid(rooms: &[RecentRoom]) -> bool {
    rooms.len() <= MAX_RECENT
        && rooms
            .iter()
            .all(|recent| ServerUrl::parse(&recent.server).is_ok())
}
