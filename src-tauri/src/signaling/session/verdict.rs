use maru_protocol::ErrorCode;

/// What an error of the server means for the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Trying again changes nothing: stop and tell the person.
    Refuse,
    /// Another socket, a little later.
    Retry,
    /// One message was refused; the session goes on.
    Tell,
}

/// `joined` is false while the answer to `join` is due: what refuses a single message later refuses the
/// join itself then.
pub(super) fn of(code: ErrorCode, joined: bool) -> Verdict {
    match code {
        ErrorCode::RoomFull
        | ErrorCode::InvalidRoom
        | ErrorCode::InvalidName
        | ErrorCode::Unauthorized
        | ErrorCode::UnsupportedVersion
        // Another window has taken this participant over; taking it back would start a tug-of-war.
        | ErrorCode::Replaced => Verdict::Refuse,
        ErrorCode::BadMessage | ErrorCode::TooLarge => {
            if joined { Verdict::Tell } else { Verdict::Refuse }
        }
        ErrorCode::RateLimited | ErrorCode::UnknownParticipant => {
            if joined { Verdict::Tell } else { Verdict::Retry }
        }
        // ShuttingDown, ServerFull, TooManyConnections, SlowReader, TimedOut pass with time; NotJoined and
        // AlreadyJoined say that the two sides disagree, which a new socket settles.
        _ => Verdict::Retry,
    }
}

/// The error a close code stands for, where the frame that named it did not arrive.
pub(super) fn of_close_code(code: u16) -> Option<ErrorCode> {
    ErrorCode::ALL
        .into_iter()
        .find(|error| error.close_code() == code)
}
