use tokio::io::DuplexStream;

use super::*;

/// ChannelData of `size` bytes that carries a number.
fn message(number: u32, size: u16) -> Bytes {
    let mut message = vec![0x40, 0x01];
    message.extend(size.to_be_bytes());
    message.extend(number.to_be_bytes());
    message.resize(4 + usize::from(size), 0);
    Bytes::from(message)
}

fn number(message: &[u8]) -> u32 {
    u32::from_be_bytes(message[4..8].try_into().unwrap())
}

fn request(number: u8) -> Bytes {
    let mut message = vec![0x00, 0x03, 0, 0, 0x21, 0x12, 0xA4, 0x42];
    message.extend([number; 12]);
    Bytes::from(message)
}

/// Runs the sending half over a stream that buffers 8 KiB. Returns the server's end of the stream.
fn serve(end: ConnectionEnd) -> (DuplexStream, tokio::task::JoinHandle<io::Result<()>>) {
    let (client, server) = tokio::io::duplex(8 << 10);
    let (_, writer) = tokio::io::split(Box::new(client) as Box<dyn Stream>);
    let mut queue = end.queue;
    (
        server,
        tokio::spawn(async move { send(writer, &mut queue).await }),
    )
}

/// All messages on the stream.
async fn read_all(mut server: DuplexStream) -> Vec<Bytes> {
    let mut bytes = Vec::new();
    server.read_to_end(&mut bytes).await.unwrap();
    let mut deframer = Deframer::default();
    // It expects a STUN message first, as from a server.
    deframer.space().extend_from_slice(&request(0));
    deframer.space().extend_from_slice(&bytes);
    assert!(deframer.next().unwrap().is_some());
    std::iter::from_fn(|| deframer.next().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn on_a_stream_slower_than_the_media_no_message_is_late() {
    let (connection, end) = super::connection();
    let (mut server, _task) = serve(end);
    let start = Instant::now();
    // 960 kbit/s into a stream of 480 kbit/s.
    let media = tokio::spawn(async move {
        for sent in 0..2000 {
            connection.send(message(sent, 1196)).unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let (mut late, mut received, mut packet) = (Duration::ZERO, 0, vec![0; 1200]);
    while server.read_exact(&mut packet).await.is_ok() {
        let sent = Duration::from_millis(10) * number(&packet);
        late = late.max(start.elapsed().saturating_sub(sent));
        received += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    media.await.unwrap();
    // 200 ms in the queue, and 12 KiB in the batch and the kernel.
    assert!(late < Duration::from_millis(450), "{late:?}");
    assert!(received > 950, "half of the media gets through: {received}");
}

#[tokio::test(start_paused = true)]
async fn a_blocked_stream_queues_a_bounded_number_of_messages() {
    let (connection, end) = super::connection();
    let (server, task) = serve(end);
    for sent in 0..5_000 {
        connection.send(message(sent, 1196)).unwrap();
        if sent % 100 == 0 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(connection.queue.capacity(), 0);
    tokio::time::sleep(Duration::from_secs(1)).await;
    connection.send(message(7, 1196)).unwrap();
    drop(connection);
    let received = read_all(server).await;
    assert!(received.len() < 20, "{}", received.len());
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_retransmitted_request_is_written_once_and_all_other_messages_always() {
    let (connection, end) = super::connection();
    // While connecting: one copy is enough.
    for _ in 0..5 {
        connection.send(request(1)).unwrap();
    }
    let (server, task) = serve(end);
    for _ in 0..3 {
        tokio::task::yield_now().await;
        connection.send(request(1)).unwrap();
        connection.send(request(2)).unwrap();
        connection.send(message(3, 100)).unwrap();
    }
    drop(connection);
    task.await.unwrap().unwrap();
    let received = read_all(server).await;
    let requests: Vec<_> = received.iter().filter(|message| message[0] == 0).collect();
    assert_eq!(requests, [&request(1), &request(2)]);
    assert_eq!(received.len() - requests.len(), 3);
}

#[test]
fn sending_on_a_connection_that_ended_fails() {
    let (connection, end) = super::connection();
    drop(end);
    let refused = connection.send(request(1)).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::NotConnected);
}
