use maru_transfer::control::TransferId;

use crate::view::Direction;

/// A transfer of this computer: two programs may offer the same ID in both directions.
pub(crate) type Key = (TransferId, Direction);
