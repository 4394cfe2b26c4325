use maru_protocol::{ErrorCode, Open};

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

/// Of these private-use codes (RFC 6455 §7.4.2), those below end a session for good and those above for now, whatever
/// a later version means by them (docs/protocol.md, "Versions").
const FIRST_TEMPORARY_CLOSE: u16 = 4500;

/// `joined` is false while the answer to `join` is due: what refuses a single message later refuses the
/// join itself then.
pub(super) fn of(code: &Open<ErrorCode>, joined: bool) -> Verdict {
    match code {
        Open::Known(code) => of_known(*code, joined),
        // Of a later version. Whether the session ends with it, the socket says.
        Open::Other(_) if joined => Verdict::Tell,
        Open::Other(_) => Verdict::Refuse,
    }
}

fn of_known(code: ErrorCode, joined: bool) -> Verdict {
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

/// The error a close code stands for, where trying again is no use.
pub(super) fn final_close(code: u16, joined: bool) -> Option<Open<ErrorCode>> {
    let known = ErrorCode::ALL
        .into_iter()
        .find(|error| error.close_code() == code);
    match known {
        // Once joined, only a code that can end a session says so.
        Some(error) => (of_known(error, joined) == Verdict::Refuse).then_some(Open::Known(error)),
        None => (4000..FIRST_TEMPORARY_CLOSE)
            .contains(&code)
            .then(|| Open::Other(code.to_string())),
    }
}
