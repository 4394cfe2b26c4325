//! What the person is notified of while they look at something else.

use std::{
    collections::VecDeque,
    path::Path,
    time::{Duration, Instant},
};

use maru_files::{Direction, TransferState, TransferView};

use crate::{
    notification_text::{Notice, name},
    texts::Texts,
};

/// Limit of notices within [`WINDOW`]: any participant can offer files, and again.
const MAX_NOTICES: usize = 3;
const WINDOW: Duration = Duration::from_secs(10);

/// The transfer has come to a state that the person is notified of: offered to them, received or delivered, or failed.
pub(crate) fn is_worth_one(transfer: &TransferView) -> bool {
    use TransferState::{Done, Failed, Offered};
    match transfer.direction {
        Direction::Receive => matches!(transfer.state, Offered | Done | Failed),
        Direction::Send => matches!(transfer.state, Done | Failed),
    }
}

/// `location` is a received file or folder.
pub(crate) fn notice(transfer: &TransferView, location: Option<&Path>, texts: &Texts) -> Notice {
    let partner = name(&transfer.partner);
    let what = what(transfer, texts);
    let (title, body) = match (transfer.direction, transfer.state) {
        (Direction::Receive, TransferState::Offered) => ((texts.offer)(&partner), what),
        (Direction::Receive, TransferState::Done) => (
            (texts.from)(&what, &partner),
            received(transfer, location, texts),
        ),
        (Direction::Receive, _) => ((texts.from)(&what, &partner), texts.not_received.into()),
        (Direction::Send, TransferState::Done) => {
            ((texts.to)(&what, &partner), delivered(transfer, texts))
        }
        (Direction::Send, _) => ((texts.to)(&what, &partner), texts.not_delivered.into()),
    };
    Notice { title, body }
}

fn delivered(transfer: &TransferView, texts: &Texts) -> String {
    match transfer.files_failed {
        0 => texts.delivered.into(),
        failed => (texts.delivered_partly)(failed),
    }
}

fn received(transfer: &TransferView, location: Option<&Path>, texts: &Texts) -> String {
    if transfer.files_failed > 0 {
        return (texts.received_partly)(transfer.files_failed);
    }
    let folder = location.and_then(Path::parent).and_then(Path::file_name);
    folder.map_or_else(
        || texts.received.into(),
        |folder| (texts.received_in)(&name(&folder.to_string_lossy())),
    )
}

/// The first file or folder that was selected, and how many files there are.
fn what(transfer: &TransferView, texts: &Texts) -> String {
    let path = transfer.names.first().map_or("", |first| &first.name);
    let first = name(path.split('/').next().unwrap_or(path));
    if transfer.files == 1 && transfer.folders == 0 {
        first
    } else {
        (texts.with_count)(&first, transfer.files)
    }
}

/// Times of the recent notices.
#[derive(Debug, Default)]
pub(crate) struct NoticeLimit(VecDeque<Instant>);

impl NoticeLimit {
    /// Whether one more is allowed at `now`; if so, it is counted.
    pub(crate) fn allow(&mut self, now: Instant) -> bool {
        self.0
            .retain(|at| now.saturating_duration_since(*at) < WINDOW);
        if self.0.len() >= MAX_NOTICES {
            return false;
        }
        self.0.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use maru_files::NameView;

    use super::*;
    use crate::{files::states::tests::transfer, settings::Language, texts::texts};

    fn named(state: TransferState, names: &[&str], files: u32, folders: u32) -> TransferView {
        let name = |name: &&str| NameView {
            name: (*name).into(),
            folder: false,
            size: 1,
        };
        TransferView {
            names: names.iter().map(name).collect(),
            files,
            folders,
            ..transfer(1, state)
        }
    }

    fn english(transfer: &TransferView, location: Option<&str>) -> Notice {
        notice(transfer, location.map(Path::new), texts(Language::En))
    }

    #[test]
    fn say_what_from_whom_and_where() {
        let offer = named(TransferState::Offered, &["a.zip"], 1, 0);
        let offer = english(&offer, None);
        assert_eq!(offer.title, "Minji wants to send you files");
        assert_eq!(offer.body, "a.zip");
        let folder = named(TransferState::Done, &["사진/a", "사진/b"], 2, 1);
        let folder = english(&folder, Some("/home/me/Downloads/사진"));
        assert_eq!(folder.title, "사진 (2 files) from Minji");
        assert_eq!(folder.body, "Received: in the folder “Downloads”");
        let korean = named(TransferState::Failed, &["a.zip"], 1, 0);
        let korean = notice(&korean, None, texts(Language::Ko));
        assert_eq!(korean.title, "Minji 님이 보낸 a.zip");
        assert_eq!(korean.body, "받지 못했어요");
    }

    #[test]
    fn say_what_failed() {
        let mut partly = named(TransferState::Done, &["a"], 3, 0);
        partly.files_failed = 2;
        assert_eq!(
            english(&partly, Some("/d/a")).body,
            "Received, but 2 files failed"
        );
    }

    #[test]
    fn names_of_others_are_one_short_line() {
        let mut hostile = named(TransferState::Offered, &["a\n\u{202e}gpj.exe"], 1, 0);
        hostile.partner = "x".repeat(1_000);
        let shown = english(&hostile, None);
        assert_eq!(shown.body, "agpj.exe");
        assert_eq!(
            shown.title,
            format!("{} wants to send you files", name(&hostile.partner))
        );
        assert!(shown.title.len() < 100, "{}", shown.title);
    }

    #[test]
    fn are_about_offers_and_ends() {
        use TransferState::{Active, Cancelled, Declined, Done, Failed, Offered, Paused, Waiting};
        let is_worth_one = |direction, state| {
            let mut view = transfer(1, state);
            view.direction = direction;
            is_worth_one(&view)
        };
        for state in [Done, Failed] {
            assert!(is_worth_one(Direction::Receive, state), "{state:?}");
            assert!(is_worth_one(Direction::Send, state), "{state:?}");
        }
        assert!(is_worth_one(Direction::Receive, Offered));
        assert!(!is_worth_one(Direction::Send, Offered));
        for state in [Waiting, Active, Paused, Declined, Cancelled] {
            assert!(!is_worth_one(Direction::Receive, state), "{state:?}");
            assert!(!is_worth_one(Direction::Send, state), "{state:?}");
        }
    }

    #[test]
    fn of_what_was_sent_say_to_whom() {
        let mut sent = named(TransferState::Done, &["a.zip"], 1, 0);
        sent.direction = Direction::Send;
        let notice = english(&sent, None);
        assert_eq!(notice.title, "a.zip to Minji");
        assert_eq!(notice.body, "Delivered");
        sent.files = 3;
        sent.files_failed = 1;
        assert_eq!(english(&sent, None).body, "Delivered, but 1 file failed");
        sent.state = TransferState::Failed;
        assert_eq!(english(&sent, None).body, "Could not be delivered");
    }

    #[test]
    fn are_limited() {
        let mut limit = NoticeLimit::default();
        let now = Instant::now();
        assert!((0..MAX_NOTICES).all(|_| limit.allow(now)));
        assert!(!limit.allow(now));
        assert!(limit.allow(now + WINDOW));
    }
}
