//! What an error of the server means for the session. `ui/src/host/browser/` has the same table for the browser.

use maru_protocol::{ErrorCode, Open};

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErrorAction {
    /// A retry would change nothing: stop and report it.
    Stop,
    /// Close the connection and retry after a delay.
    Reconnect,
    /// One message was refused; report it and go on.
    Report,
}

/// Of the private-use close codes (RFC 6455 §7.4.2) of later versions, those from 4000 up to here are fatal, and those
/// from here on transient (docs/protocol.md, "Versions").
const FIRST_TRANSIENT_CLOSE: u16 = 4500;

/// While the answer to `join` is due (`is_joined` false), an error that would refuse one message refuses the join.
pub(super) fn of(code: &Open<ErrorCode>, is_joined: bool) -> ErrorAction {
    match code {
        Open::Known(code) => of_known(*code, is_joined),
        // Of a later version. If it ends the session, the close code says so.
        Open::Other(_) if is_joined => ErrorAction::Report,
        Open::Other(_) => ErrorAction::Stop,
    }
}

fn of_known(code: ErrorCode, is_joined: bool) -> ErrorAction {
    match code {
        ErrorCode::RoomFull
        | ErrorCode::InvalidRoom
        | ErrorCode::InvalidName
        | ErrorCode::Unauthorized
        | ErrorCode::UnsupportedVersion
        // Another window has resumed this participant; resuming it here again would go on for ever.
        | ErrorCode::Replaced => ErrorAction::Stop,
        ErrorCode::BadMessage | ErrorCode::TooLarge => {
            if is_joined { ErrorAction::Report } else { ErrorAction::Stop }
        }
        ErrorCode::RateLimited | ErrorCode::UnknownParticipant => {
            if is_joined { ErrorAction::Report } else { ErrorAction::Reconnect }
        }
        // ShuttingDown, ServerFull, TooManyConnections, SlowReader, TimedOut pass with time. NotJoined and
        // AlreadyJoined mean that client and server disagree about the state; a new connection settles that.
        _ => ErrorAction::Reconnect,
    }
}

/// The error that a close code stands for, if a retry would change nothing.
pub(super) fn fatal_error(close_code: u16, is_joined: bool) -> Option<Open<ErrorCode>> {
    let known = ErrorCode::ALL
        .into_iter()
        .find(|error| error.close_code() == close_code);
    match known {
        // Once joined, an error about one message does not close the connection.
        Some(error) => {
            (of_known(error, is_joined) == ErrorAction::Stop).then_some(Open::Known(error))
        }
        None => (4000..FIRST_TRANSIENT_CLOSE)
            .contains(&close_code)
            .then(|| Open::Other(close_code.to_string())),
    }
}
