//! After closing, no task, socket or timer of a peer is left.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use maru_peer::{ConnectionState, Error, Event, Kind, Peer};
use support::coturn::{Coturn, Over, talk, turn};
use support::{channel, frame, loopback, outgoing, pair, soon, waiting_time, write};

#[cfg(unix)]
fn open_files() -> usize {
    std::fs::read_dir("/dev/fd").unwrap().count()
}

/// Not counted: Windows does not list the handles of a process.
#[cfg(not(unix))]
fn open_files() -> usize {
    0
}

fn alive_tasks() -> usize {
    tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks()
}

/// Waits until there are no more tasks and files than before.
async fn settled(tasks: usize, files: usize) {
    soon("every task and socket to end", async {
        while alive_tasks() > tasks || open_files() > files {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn a_call(first_closes_first: bool) {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let camera = one.peer.add_track(Kind::Video).await.unwrap();
    let mut data = one.peer.create_channel(channel("maru")).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    write(&camera, frame(0, true, 3000), 0).await;
    let mut video = soon("the track", two.tracks.recv()).await.unwrap();
    soon("the frame", video.recv()).await.unwrap();
    soon("the channel", data.opened()).await.unwrap();
    if first_closes_first {
        one.close().await;
        two.close().await;
    } else {
        two.close().await;
        one.close().await;
    }
    assert_eq!(soon("the end", video.recv()).await, None);
    assert_eq!(soon("the end", data.recv()).await, None);
}

#[tokio::test]
async fn fifty_calls_leave_no_task_and_no_file() {
    a_call(true).await;
    let (tasks, files) = (alive_tasks(), open_files());
    for round in 0..50 {
        a_call(round % 2 == 0).await;
    }
    settled(tasks, files).await;
}

#[tokio::test]
async fn calls_through_a_turn_server_leave_no_connection_to_it() {
    let mut before = None;
    for round in 0..4 {
        let over = if round % 2 == 0 { Over::Tcp } else { Over::Tls };
        let mut server = Coturn::start(over).await;
        let (mut one, mut two) = pair(server.only(), server.only(), None).await;
        talk(&mut one, &mut two).await;
        if round >= 2 {
            // Before the peers notice it.
            server.kill();
        }
        one.close().await;
        two.close().await;
        let (tasks, files) = *before.get_or_insert((alive_tasks(), open_files()));
        settled(tasks, files).await;
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_does_not_delay_closing() {
    let (tasks, files) = (alive_tasks(), open_files());
    // Accepts connections, and sends nothing.
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("turns:{}", silent.local_addr().unwrap());
    let config = maru_peer::Config {
        ice_servers: vec![turn(&url, "any")],
        ..loopback()
    };
    let (peer, _events) = Peer::new(config).await.unwrap();
    peer.add_track(Kind::Audio).await.unwrap();
    peer.create_offer(false).await.unwrap();
    let accepted = tokio::task::spawn_blocking(move || (silent.accept().unwrap(), silent));
    let accepted = soon("the connection", accepted).await.unwrap();
    let waited = waiting_time(peer.close()).await;
    assert!(waited < Duration::from_millis(100), "{waited:?}");
    drop(accepted);
    settled(tasks, files).await;
}

#[tokio::test]
async fn a_dropped_peer_closes_itself() {
    closes_when_dropped(drop).await;
}

#[tokio::test]
async fn a_peer_dropped_on_a_thread_without_a_runtime_closes_itself() {
    closes_when_dropped(|peer| std::thread::spawn(move || drop(peer)).join().unwrap()).await;
}

async fn closes_when_dropped(drop_peer: impl FnOnce(Peer)) {
    let (tasks, files) = (alive_tasks(), open_files());
    let (peer, mut events) = Peer::new(loopback()).await.unwrap();
    peer.add_track(Kind::Audio).await.unwrap();
    drop_peer(peer);
    soon("the end", async {
        let mut closed = false;
        while let Some(event) = events.next().await {
            closed |= matches!(event, Event::State(ConnectionState::Closed));
        }
        assert!(closed);
    })
    .await;
    settled(tasks, files).await;
}

#[tokio::test]
async fn a_closed_peer_returns_errors_and_can_be_closed_again() {
    let (peer, _events) = Peer::new(loopback()).await.unwrap();
    let track = peer.add_track(Kind::Video).await.unwrap();
    peer.close().await;
    peer.close().await;
    assert_eq!(peer.create_offer(false).await, Err(Error::Closed));
    assert_eq!(
        peer.add_track(Kind::Audio).await.map(|_| ()),
        Err(Error::Closed)
    );
    assert_eq!(
        track.write(outgoing(frame(0, true, 9), 0)).await,
        Err(Error::Closed)
    );
}
