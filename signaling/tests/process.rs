//! The program: its options, its log, its exit.
#![cfg(unix)]

mod support;

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use support::Client;

struct Program {
    child: Child,
    address: SocketAddr,
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

/// Starts the program on a free port and reads the address from its log.
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
        .find_map(|line| line.split_once("listening address=")?.1.trim().parse().ok())
        .expect("logs its address");
    Program { child, address }
}

async fn connect(program: &Program) -> Client {
    support::connect(program.address, Some("maru.v1")).await
}

/// The room capacity in the `joined` of `program`.
async fn room_capacity(program: &Program) -> Value {
    let mut client = connect(program).await;
    client.join("daily", "A").await;
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
    let variable = ("MARU_ROOM_CAPACITY", "3");
    let default = run(&[], &[]);
    assert_eq!(room_capacity(&default).await, 8);
    let from_file = run(&["--config", path], &[]);
    assert_eq!(room_capacity(&from_file).await, 5);
    let from_environment = run(&[], &[("MARU_CONFIG", path), variable]);
    assert_eq!(room_capacity(&from_environment).await, 3);
    let from_flag = run(
        &["--room-capacity", "2"],
        &[("MARU_CONFIG", path), variable],
    );
    assert_eq!(room_capacity(&from_flag).await, 2);
}

#[test]
fn an_invalid_option_is_named_and_ends_the_program() {
    for (text, expected) in [
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
        assert!(log.contains(expected), "{text}: {log}");
    }
}

#[tokio::test]
async fn on_sigterm_clients_receive_shutting_down_and_the_program_ends_with_success() {
    let mut program = run(&[], &[]);
    let mut client = connect(&program).await;
    client.join("daily", "A").await;
    client.expect("joined").await;
    let pid = program.child.id().to_string();
    let killed = Command::new("/bin/kill").args(["-TERM", &pid]).status();
    assert!(killed.is_ok_and(|status| status.success()));
    client.expect_error("shutting-down").await;
    assert_eq!(client.close_code().await, 1012);
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
    client.join("daily", "A").await;
    client.expect_error("unauthorized").await;
    let mut client = connect(&program).await;
    client
        .send(json!({"type": "join", "room": "daily", "name": "A", "token": "open sesame"}))
        .await;
    client.expect("joined").await;
}
