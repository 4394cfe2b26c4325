//! What the command line asks to open: of a second start, which reaches the app that is running, and the server of a
//! link at the first. The page asks the person (`ui/src/views/places/`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tauri::ipc::Channel;

use crate::options::Options;

/// `OpenedRoom` of `ui/src/host/types.ts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct OpenedRoom {
    /// Origin; `None` for the server in use.
    server: Option<String>,
    room: Option<String>,
}

impl OpenedRoom {
    /// What a second start asks for: `--server` is a wish there, since the run has a server already. `None` without a room
    /// and a server.
    pub(crate) fn of_second_start(options: &Options) -> Option<Self> {
        let server = options.link_server.as_ref().or(options.server.as_ref());
        Self::new(options, server)
    }

    /// What the page has to ask about at the first start: the server of a link. A room alone is in the page's address.
    pub(crate) fn of_first_start(options: &Options) -> Option<Self> {
        options.link_server.as_ref()?;
        Self::new(options, options.link_server.as_ref())
    }

    fn new(options: &Options, server: Option<&maru_session::ServerUrl>) -> Option<Self> {
        let opened = Self {
            server: server.map(|server| server.origin().to_owned()),
            room: options.room.as_ref().map(|room| room.as_str().to_owned()),
        };
        (opened.server.is_some() || opened.room.is_some()).then_some(opened)
    }
}

/// Passes what is opened to the page, or keeps the last until there is one.
#[derive(Default)]
pub(crate) struct Opened(Mutex<State>);

#[derive(Default)]
struct State {
    page: Option<Channel<OpenedRoom>>,
    pending: Option<OpenedRoom>,
}

impl Opened {
    pub(crate) fn open(&self, room: OpenedRoom) {
        let mut state = self.lock();
        match &state.page {
            // Fails only if the webview is closed, and the app with it.
            Some(page) => drop(page.send(room)),
            None => state.pending = Some(room),
        }
    }

    /// Notifies `page` from now on.
    pub(crate) fn subscribe(&self, page: Channel<OpenedRoom>) {
        let mut state = self.lock();
        if let Some(room) = state.pending.take() {
            drop(page.send(room));
        }
        state.page = Some(page);
    }

    pub(crate) fn close_page(&self) {
        self.lock().page = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each field is replaced as a whole, so that a panic cannot leave one half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tauri::ipc::InvokeResponseBody;

    use super::*;

    fn options(arguments: &[&str]) -> Options {
        Options::parse(arguments.iter().map(|text| (*text).into()), None).unwrap()
    }

    fn page() -> (Channel<OpenedRoom>, Arc<Mutex<Vec<Value>>>) {
        let received = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&received);
        let channel = Channel::new(move |body| {
            let InvokeResponseBody::Json(text) = body else {
                panic!("not JSON");
            };
            sink.lock()
                .unwrap()
                .push(serde_json::from_str(&text).unwrap());
            Ok(())
        });
        (channel, received)
    }

    #[test]
    fn a_second_start_asks_for_its_room_and_server() {
        for (arguments, expected) in [
            (&["daily"][..], json!({ "server": null, "room": "daily" })),
            (
                &["--server", "http://b:1", "daily"],
                json!({ "server": "http://b:1", "room": "daily" }),
            ),
            (
                &["--server", "http://b:1"],
                json!({ "server": "http://b:1", "room": null }),
            ),
            (
                &["https://c.example/r/daily"],
                json!({ "server": "https://c.example", "room": "daily" }),
            ),
        ] {
            let opened = OpenedRoom::of_second_start(&options(arguments)).unwrap();
            assert_eq!(json!(opened), expected);
        }
        assert_eq!(OpenedRoom::of_second_start(&options(&[])), None);
    }

    #[test]
    fn the_first_start_asks_about_the_server_of_a_link_only() {
        assert_eq!(OpenedRoom::of_first_start(&options(&["daily"])), None);
        let server = &["--server", "http://b:1", "daily"];
        assert_eq!(OpenedRoom::of_first_start(&options(server)), None);
        let opened = OpenedRoom::of_first_start(&options(&["https://c.example/r/daily"])).unwrap();
        assert_eq!(
            json!(opened),
            json!({ "server": "https://c.example", "room": "daily" })
        );
    }

    #[test]
    fn the_page_gets_the_last_of_what_was_opened_before_it_and_everything_after() {
        let room = |name: &str| OpenedRoom::of_second_start(&options(&[name])).unwrap();
        let opened = Opened::default();
        opened.open(room("a"));
        opened.open(room("b"));
        let (channel, received) = page();
        opened.subscribe(channel);
        opened.open(room("c"));
        opened.close_page();
        opened.open(room("d"));
        let rooms: Vec<Value> = received
            .lock()
            .unwrap()
            .iter()
            .map(|opened| opened["room"].clone())
            .collect();
        assert_eq!(rooms, ["b", "c"]);
        let (channel, received) = page();
        opened.subscribe(channel);
        assert_eq!(received.lock().unwrap()[0]["room"], "d");
    }
}
