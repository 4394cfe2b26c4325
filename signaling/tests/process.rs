//! The program itself: where its options come from, what it prints, how it ends.
#![cfg(unix)]

mod support;

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
};

use serde_json::json;
use support::Client;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

struct Program {
    child: Child,
    address: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_maru-signaling"));
    command.env_clear().args(arguments).stdout(Stdio::piped());
    for (name, value) in environment {
        command.env(name, value);
    }
    command
}

/// Starts it and takes the address from the line that says so.
fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Program {
    let mut child = command(
        &[&["--listen", "127.0.0.1:0"], arguments].concat(),
        environment,
    )
    .spawn()
    .expect("starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let address = lines
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("listening address=")?.1.trim().to_owned()))
        .expect("says where it listens");
    Program { child, address }
}

async fn connect(program: &Program) -> Client {
    let mut request = format!("ws://{}/ws", program.address)
        .into_client_request()
        .expect("valid");
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", "maru.v1".parse().expect("valid"));
    let stream = tokio::net::TcpStream::connect(&program.address)
        .await
        .expect("accepts");
    let (socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .expect("handshake");
    Client { socket }
}

async fn capacity(program: &Program) -> serde_json::Value {
    let mut client = connect(program).await;
    client
        .send(json!({"type": "join", "room": "daily", "name": "A"}))
        .await;
    client.expect("joined").await["room"]["capacity"].clone()
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("writes");
    file
}

#[tokio::test]
async fn a_flag_beats_the_environment_which_beats_the_file() {
    let file = file("room-capacity = 5\n");
    let path = file.path().to_str().expect("text");
    let from_environment = ("MARU_ROOM_CAPACITY", "3");
    let none = run(&[], &[]);
    assert_eq!(capacity(&none).await, 8);
    let of_file = run(&["--config", path], &[]);
    assert_eq!(capacity(&of_file).await, 5);
    let of_environment = run(&[], &[("MARU_CONFIG", path), from_environment]);
    assert_eq!(capacity(&of_environment).await, 3);
    let of_flag = run(
        &["--room-capacity", "2"],
        &[("MARU_CONFIG", path), from_environment],
    );
    assert_eq!(capacity(&of_flag).await, 2);
}

#[test]
fn an_option_that_makes_no_sense_is_named_and_ends_the_program() {
    for (text, says) in [
        ("room-capacty = 5\n", "room-capacty"),
        ("room-capacity = \"many\"\n", "room-capacity"),
        ("room-capacity = 0\n", "room-capacity"),
        ("ice-server = [\"http://a\"]\n", "ICE server"),
        ("room-capacity = [\n", "TOML"),
    ] {
        let file = file(text);
        let path = file.path().to_str().expect("text");
        let output = command(&["--listen", "127.0.0.1:0", "--config", path], &[])
            .output()
            .expect("runs");
        let log = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(2), "{text}: {log}");
        assert!(log.contains(says), "{text}: {log}");
    }
}

#[tokio::test]
async fn sigterm_tells_the_clients_and_ends_with_success() {
    let mut program = run(&[], &[]);
    let mut client = connect(&program).await;
    client
        .send(json!({"type": "join", "room": "daily", "name": "A"}))
        .await;
    client.expect("joined").await;
    let pid = program.child.id().to_string();
    let killed = Command::new("/bin/kill").args(["-TERM", &pid]).status();
    assert!(killed.is_ok_and(|status| status.success()));
    client.expect_error("shutting-down").await;
    assert_eq!(client.closed().await, 1012);
    let status = tokio::task::spawn_blocking(move || program.child.wait())
        .await
        .expect("joins")
        .expect("ends");
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn a_token_can_come_from_the_environment() {
    let program = run(&[], &[("MARU_TOKEN", "open sesame")]);
    let mut client = connect(&program).await;
    client
        .send(json!({"type": "join", "room": "daily", "name": "A"}))
        .await;
    client.expect_error("unauthorized").await;
    let mut client = connect(&program).await;
    client
        .send(json!({"type": "join", "room": "daily", "name": "A", "token": "open sesame"}))
        .await;
    client.expect("joined").await;
}
