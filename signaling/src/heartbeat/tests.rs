use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::*;
use crate::{client::Client, config::Config, connection, frames};

/// Longest wait for something that must happen. Nothing passes by being fast.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A client in the room `daily`, without a running server: the client's socket, and the server's side of it.
async fn join(state: &Arc<ServerState>) -> (TcpStream, Arc<Client>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let (socket, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let mut socket = socket.expect("connects");
    let (stream, peer) = accepted.expect("accepts");
    let permit = state
        .addresses
        .try_acquire(peer.ip())
        .expect("loopback is not limited");
    let client = connection::spawn(state, stream, permit, Vec::new());
    let message = br#"{"type":"join","room":"daily","name":""}"#;
    let mut frame = Vec::new();
    frames::write(frames::TEXT, message, &mut frame);
    // The same frame with a mask of zeros, which leaves the payload as it is.
    frame[1] |= 0x80;
    frame.splice(2..2, [0; 4]);
    socket.write_all(&frame).await.expect("writes");
    read_until(&mut socket, "\"joined\"").await;
    (socket, client)
}

/// Reads until `text` has been received.
async fn read_until(socket: &mut TcpStream, text: &str) {
    let mut received = Vec::new();
    let read = async {
        while !String::from_utf8_lossy(&received).contains(text) {
            received.push(socket.read_u8().await.expect("still open"));
        }
    };
    timeout(TIMEOUT, read)
        .await
        .unwrap_or_else(|_| panic!("never received: {text}"));
}

#[tokio::test]
async fn a_silent_client_times_out_and_its_participant_is_lost_after_the_resume_window() {
    let state = ServerState::new(Config::default());
    let (mut active_socket, active) = join(&state).await;
    let (mut silent_socket, _silent) = join(&state).await;

    let after_silence = state.now() + state.config.timeouts.dead_after;
    active.on_received(after_silence);
    on_tick(&state, after_silence);
    read_until(&mut silent_socket, "\"timed-out\"").await;
    let disconnected = async {
        while state.rooms().connected_participants() != 1 {
            tokio::task::yield_now().await;
        }
    };
    timeout(TIMEOUT, disconnected)
        .await
        .expect("the silent client's task disconnects it");

    let after_window = state.now() + state.config.resume_window;
    active.on_received(after_window);
    on_tick(&state, after_window);
    read_until(&mut active_socket, r#""reason":"lost""#).await;
    assert!(active.is_open());
}
