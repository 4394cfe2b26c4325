//! Two instances of the module transfer files to each other, with nothing but what the page has: JSON and bytes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    endpoint::{Place, time},
    failure::Failure,
    module::Module,
};

const GROUP: usize = 1 << 20;
const ID: &str = "5b0c1d2e3f405162738495a6b7c8d9ea";

/// A folder, or a file with its content.
type Node = (&'static str, Option<Vec<u8>>);

fn nodes() -> Vec<Node> {
    let bytes = |size: usize| (0..=250_u8).cycle().take(size).collect();
    vec![
        ("사진", None),
        ("사진/바다.jpg", Some(bytes(2 * GROUP + 17))),
        ("사진/빈 폴더", None),
        ("사진/빈 파일", Some(Vec::new())),
        ("사진/a:b", Some(b"hello\n".to_vec())),
    ]
}

fn entry((path, content): &Node) -> Value {
    match content {
        Some(content) => json!({"path": path, "size": content.len(), "modified": [-1, 0]}),
        None => json!({"path": path, "folder": true, "modified": [0, 0]}),
    }
}

/// Of all files.
fn bytes() -> usize {
    nodes().iter().flat_map(|node| &node.1).map(Vec::len).sum()
}

fn offer() -> String {
    json!({
        "type": "offer", "id": ID, "number": 3, "files": 3, "folders": 2, "bytes": bytes(),
        "names": [], "skipped": 1, "secret": "11".repeat(32),
    })
    .to_string()
}

/// One page.
struct Page {
    module: Module,
    handle: usize,
    entries: Vec<Value>,
    manifest_complete: bool,
    files: BTreeMap<u64, Vec<u8>>,
    digests: Vec<(u32, u64, String)>,
    finished: BTreeMap<u64, Value>,
    events: Vec<Value>,
    accepts: bool,
    /// How many writes it does before it stops doing anything with its disk.
    writes: usize,
}

impl Page {
    fn new(number: u8) -> Self {
        let mut module = Module::new();
        let handle = module.endpoints.open(identity(number));
        Self {
            module,
            handle,
            entries: Vec::new(),
            manifest_complete: false,
            files: BTreeMap::new(),
            digests: Vec::new(),
            finished: BTreeMap::new(),
            events: Vec::new(),
            accepts: true,
            writes: usize::MAX,
        }
    }

    fn put(&mut self, bytes: &[u8]) -> usize {
        self.module.answer(bytes).unwrap()
    }

    fn command(&mut self, command: &Value) -> Value {
        let length = self.put(command.to_string().as_bytes());
        match self.module.command(self.handle, length, time(1_000.0)) {
            Ok(0) => Value::Null,
            Ok(length) => self.module.parse(length).unwrap(),
            Err(failure) => panic!("{failure:?}: {command}"),
        }
    }

    fn stage_sizes(&mut self, sizes: &[u64]) {
        let bytes: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
        self.module.endpoints.stage_sizes(&bytes);
    }

    fn connected(&mut self, own: u8, partner: u8, candidates: &Value) {
        let [own, partner] = [own, partner].map(|byte| format!("{byte:02x}").repeat(32));
        self.command(
            &json!({"call": "connected", "own": own, "partner": partner, "candidates": candidates}),
        );
    }

    fn send(&mut self, partner_secret: Option<&str>) {
        let size = |node: &Node| node.1.as_ref().map_or(u64::MAX, |bytes| bytes.len() as u64);
        let sizes: Vec<u64> = nodes().iter().map(size).collect();
        self.stage_sizes(&sizes);
        self.command(
            &json!({"call": "send", "offer": offer(), "partnerSecret": partner_secret, "paused": false}),
        );
    }

    fn has_event(&self, kind: &str) -> Option<&Value> {
        self.events.iter().find(|event| event["type"] == kind)
    }

    /// Does what the endpoint asks for. Returns the messages of the control and the bulk channel.
    fn work(&mut self) -> (Vec<String>, Vec<Vec<u8>>) {
        let mut control = Vec::new();
        let mut bulk = Vec::new();
        loop {
            let now = time(1_000.0);
            let slot = self.module.endpoints.slot(self.handle).unwrap();
            if let Some(polled) = slot.poll_output(now) {
                let output: Value = serde_json::from_str(&polled.text).unwrap();
                if output["type"] == "control" {
                    control.push(output["text"].as_str().unwrap().to_owned());
                    self.command(&json!({"call": "control-sent", "messages": 1}));
                } else {
                    self.perform(&output, &polled.bytes);
                }
            } else if let Some(message) = slot.poll_bulk(now) {
                bulk.push(message.to_vec());
            } else {
                return (control, bulk);
            }
        }
    }

    fn perform(&mut self, output: &Value, bytes: &[u8]) {
        let number = |name: &str| output[name].as_u64().unwrap();
        let of_disk = ["write", "verified", "finish", "checkpoint", "conclude"];
        if self.writes == 0 && of_disk.iter().any(|kind| output["type"] == *kind) {
            return;
        }
        match output["type"].as_str().unwrap() {
            "manifest" => {
                let first = usize::try_from(number("first")).unwrap();
                let entries: Vec<Value> = nodes()[first..].iter().map(entry).collect();
                let message = json!({
                    "type": "manifest", "id": ID, "first": first, "entries": entries, "last": true,
                });
                self.command(&json!({"call": "manifest", "message": message.to_string()}));
            }
            "read" => {
                let content = nodes()[usize::try_from(number("entry")).unwrap()]
                    .1
                    .clone()
                    .unwrap();
                let [from, length] =
                    ["offset", "length"].map(|name| usize::try_from(number(name)).unwrap());
                let length = self.put(&content[from..from + length]);
                let (slot, bytes) = self.module.input(self.handle, length).unwrap();
                slot.on_read(number("read"), bytes, time(1_000.0));
            }
            "store" => {
                self.entries
                    .extend(output["entries"].as_array().unwrap().iter().cloned());
                self.manifest_complete = output["last"].as_bool().unwrap();
            }
            "write" => {
                self.writes -= 1;
                let at = usize::try_from(number("offset")).unwrap();
                let file = self.files.entry(number("entry")).or_default();
                file.resize(file.len().max(at + bytes.len()), 0);
                file[at..at + bytes.len()].copy_from_slice(bytes);
                let slot = self.module.endpoints.slot(self.handle).unwrap();
                slot.on_written(number("write"), time(1_000.0));
            }
            "verified" => self.digests.push((
                u32::try_from(number("entry")).unwrap(),
                number("group"),
                output["digest"].as_str().unwrap().to_owned(),
            )),
            "finish" => {
                self.finished
                    .insert(number("entry"), output["hash"].clone());
                self.command(&json!({"call": "finished", "id": ID, "entry": number("entry")}));
            }
            "checkpoint" => {
                self.command(&json!({"call": "checkpoint", "id": ID, "durable": 0}));
            }
            "conclude" => {
                self.command(&json!({"call": "concluded", "id": ID}));
            }
            "offered" if self.accepts => {
                let offered = self.command(&json!({"call": "incoming", "id": ID}));
                assert_eq!(
                    serde_json::from_str::<Value>(offered.as_str().unwrap()).unwrap(),
                    serde_json::from_str::<Value>(&offer()).unwrap()
                );
                self.command(&json!({"call": "accept", "id": ID, "secret": "22".repeat(32)}));
            }
            _ => self.events.push(output.clone()),
        }
    }
}

fn identity(number: u8) -> maru_transfer::endpoint::Identity {
    let id = format!("00000000-0000-4000-8000-0000000000{number:02x}");
    maru_transfer::endpoint::Identity {
        participant: serde_json::from_value(id.clone().into()).unwrap(),
        incarnation: serde_json::from_value(id.into()).unwrap(),
    }
}

/// Until neither has anything to say.
fn run(pages: &mut [Page; 2]) {
    loop {
        let mut quiet = true;
        for from in 0..2 {
            let (control, bulk) = pages[from].work();
            quiet &= control.is_empty() && bulk.is_empty();
            let to = &mut pages[1 - from];
            for message in control {
                let length = to.put(message.as_bytes());
                let (slot, message) = to.module.input(to.handle, length).unwrap();
                slot.on_control(message, time(1_000.0));
            }
            for message in bulk.iter().rev() {
                let length = to.put(message);
                let (slot, message) = to.module.input(to.handle, length).unwrap();
                slot.on_bulk(message, time(1_000.0));
            }
        }
        if quiet {
            return;
        }
    }
}

fn expect_all(receiver: &Page) {
    for (number, (path, content)) in (0..).zip(nodes()) {
        let hash = content.as_ref().map(|content| {
            if !content.is_empty() {
                assert_eq!(receiver.files.get(&number), Some(content), "{path}");
            }
            blake3::hash(content).to_hex().to_string()
        });
        assert_eq!(receiver.finished.get(&number), Some(&json!(hash)), "{path}");
    }
}

#[test]
fn files_and_folders_arrive() {
    let mut pages = [Page::new(1), Page::new(2)];
    pages[0].connected(3, 4, &json!([]));
    pages[1].connected(4, 3, &json!([]));
    pages[0].send(None);
    run(&mut pages);
    let [sender, receiver] = &pages;
    expect_all(receiver);
    assert_eq!(
        receiver.entries,
        nodes().iter().map(entry).collect::<Vec<_>>()
    );
    for page in [sender, receiver] {
        assert_eq!(page.has_event("ended").unwrap()["outcome"], "done");
    }
    assert_eq!(
        sender.has_event("accepted").unwrap()["secret"],
        "22".repeat(32)
    );
    let participant = |page: &Page| page.has_event("hello").unwrap()["participant"].clone();
    assert_eq!(
        participant(receiver),
        "00000000-0000-4000-8000-000000000001"
    );
}

#[test]
fn a_page_that_is_loaded_again_goes_on_with_what_it_has() {
    let mut pages = [Page::new(1), Page::new(2)];
    pages[0].connected(3, 4, &json!([]));
    pages[1].connected(4, 3, &json!([]));
    // Enough for a group of the large file.
    pages[1].writes = 30;
    pages[0].send(None);
    run(&mut pages);
    assert!(pages[1].has_event("ended").is_none());
    assert!(!pages[1].digests.is_empty());
    let before = std::mem::replace(&mut pages[1], Page::new(5));

    let candidate = |role: &str| json!([{"id": ID, "role": role, "sender": "11".repeat(32), "receiver": "22".repeat(32)}]);
    // The sender's connection ended; for the receiver it is a participant it does not know.
    pages[0].command(&json!({"call": "disconnected"}));
    pages[0].events.clear();
    pages[0].connected(6, 7, &json!([]));
    pages[1].connected(7, 6, &candidate("receive"));
    run(&mut pages);
    assert_eq!(
        pages[1].has_event("found"),
        Some(&json!({"type": "found", "id": ID, "direction": "receive"}))
    );

    let page = &mut pages[1];
    page.entries = before.entries;
    page.files = before.files;
    let size = |entry: &Value| entry["size"].as_u64().unwrap_or(u64::MAX);
    let sizes: Vec<u64> = page.entries.iter().map(size).collect();
    page.stage_sizes(&sizes);
    for (entry, group, digest) in &before.digests {
        if before.finished.contains_key(&u64::from(*entry)) {
            continue;
        }
        let bytes: Vec<u8> = (0..32)
            .map(|at| u8::from_str_radix(&digest[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        page.put(&bytes);
        let digest = page.module.digest();
        page.module.endpoints.stage_digest(*entry, *group, digest);
    }
    let done: Vec<[u64; 2]> = before
        .finished
        .keys()
        .map(|entry| [*entry, entry + 1])
        .collect();
    page.finished = before.finished;
    page.command(&json!({
        "call": "receive", "offer": offer(), "secret": "22".repeat(32), "paused": false,
        "restored": {"manifestComplete": before.manifest_complete, "done": done, "failed": []},
    }));
    let progress = page.command(&json!({"call": "progress", "id": ID, "role": "receive"}));
    assert!(
        progress["transferred"].as_u64().unwrap() >= GROUP as u64,
        "{progress}"
    );
    run(&mut pages);
    expect_all(&pages[1]);
    assert_eq!(pages[0].has_event("ended").unwrap()["outcome"], "done");
}

#[test]
fn progress_and_the_ends_of_a_transfer_are_reported() {
    let mut pages = [Page::new(1), Page::new(2)];
    pages[0].connected(3, 4, &json!([]));
    pages[1].connected(4, 3, &json!([]));
    pages[1].accepts = false;
    pages[0].send(None);
    run(&mut pages);
    assert_eq!(
        pages[0].command(&json!({"call": "progress", "id": ID, "role": "send"})),
        json!({
            "state": "offered", "paused": {"here": false, "there": false, "problem": null, "problemHere": false},
            "transferred": 0, "filesDone": 0, "filesFailed": 0, "filesPresent": 0,
            "bytesPresent": 0, "bytesLeft": bytes(),
        })
    );
    pages[1].command(&json!({"call": "decline", "id": ID, "code": "declined"}));
    run(&mut pages);
    let ended = |direction: &str| json!({"type": "ended", "id": ID, "direction": direction, "outcome": "declined", "code": "declined"});
    assert_eq!(pages[0].has_event("ended"), Some(&ended("send")));
    assert_eq!(pages[1].has_event("ended"), Some(&ended("receive")));
    let none = pages[0].command(&json!({"call": "progress", "id": ID, "role": "send"}));
    assert_eq!(none, Value::Null);
}

#[test]
fn names_are_those_of_the_rules() {
    let mut module = Module::new();
    let layout = module.endpoints.open_layout();
    let mut place = |path: &str, folder: bool, taken: bool| {
        let place: Place =
            serde_json::from_value(json!({"path": path, "folder": folder, "taken": taken}))
                .unwrap();
        module.endpoints.place(layout, &place)
    };
    assert_eq!(place("a", true, false), Ok(json!(["a"])));
    assert_eq!(place("a/CON", false, false), Ok(json!(["a", "_CON"])));
    assert_eq!(place("A/x:y", false, false), Ok(json!(["A (2)", "x_y"])));
    assert_eq!(place("a", true, true), Ok(json!(["a (3)"])));
    assert_eq!(place("a/b", false, false), Ok(json!(["a (3)", "b"])));
    assert_eq!(place("../b", false, false), Err(Failure::BadCommand));
}

#[test]
fn what_is_not_a_command_is_refused() {
    let mut page = Page::new(1);
    for text in [
        "",
        "{}",
        r#"{"call":"later"}"#,
        r#"{"call":"accept","id":"5"}"#,
    ] {
        let length = page.put(text.as_bytes());
        let result = page.module.command(page.handle, length, time(1_000.0));
        assert_eq!(result, Err(Failure::BadCommand), "{text}");
    }
    let length = page.put(br#"{"call":"timeout"}"#);
    let result = page.module.command(page.handle + 1, length, time(1_000.0));
    assert_eq!(result, Err(Failure::NoSuchHandle));
    page.module.endpoints.close(page.handle);
    let result = page.module.command(page.handle, length, time(1_000.0));
    assert_eq!(result, Err(Failure::NoSuchHandle));
}
