//! The worker's end of the media socket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use maru_engine::MediaEndpoint;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest, http::HeaderValue};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// RTP timestamps between two frames: 30 frames per second.
const FRAME_INTERVAL: u32 = 3_000;

/// A frame that the worker received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceivedFrame {
    pub(crate) stream: u32,
    pub(crate) keyframe: bool,
    pub(crate) payload: Vec<u8>,
}

/// A frame with a VP8 frame header (RFC 6386 §9.1) and `size` more bytes.
pub(crate) fn vp8_frame(keyframe: bool, size: usize) -> Vec<u8> {
    let mut frame = vec![u8::from(!keyframe) | 0x10, 0, 0];
    if keyframe {
        frame.extend([0x9d, 0x01, 0x2a, 64, 0, 48, 0]);
    }
    frame.extend((0..size).map(|at| u8::try_from(at % 251).unwrap()));
    frame
}

pub(crate) struct Worker {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    timestamp: u32,
}

impl Worker {
    /// `None` if the handshake is refused.
    pub(crate) async fn connect(
        endpoint: &MediaEndpoint,
        origin: &str,
        token: &str,
    ) -> Option<Self> {
        let mut request = endpoint.media_url.as_str().into_client_request().unwrap();
        let protocols = format!("maru-media.v1, {token}");
        let headers = request.headers_mut();
        headers.insert("Origin", origin.parse().unwrap());
        headers.insert(
            "Sec-WebSocket-Protocol",
            HeaderValue::from_str(&protocols).unwrap(),
        );
        let (socket, _) = connect_async(request).await.ok()?;
        Some(Self {
            socket,
            timestamp: 0,
        })
    }

    pub(crate) async fn send_frame(&mut self, stream: u32, keyframe: bool, size: usize) {
        self.timestamp = self.timestamp.wrapping_add(FRAME_INTERVAL);
        let mut message = vec![1, u8::from(keyframe), 0, 0];
        message.extend(stream.to_le_bytes());
        message.extend(self.timestamp.to_le_bytes());
        message.extend([0; 4]);
        message.extend(vp8_frame(keyframe, size));
        self.send_binary(message).await;
    }

    pub(crate) async fn send_binary(&mut self, message: Vec<u8>) {
        self.send(Message::Binary(message.into())).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.send(Message::Text(text.into())).await;
    }

    async fn send(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// The next frame, if the next message is one and arrives within `wait`.
    pub(crate) async fn receive_frame(&mut self, wait: Duration) -> Option<ReceivedFrame> {
        let next = tokio::time::timeout(wait, self.socket.next());
        match next.await.ok()??.ok()? {
            Message::Binary(message) => Some(ReceivedFrame {
                keyframe: message[1] == 1,
                stream: u32::from_le_bytes(message[4..8].try_into().unwrap()),
                payload: message[16..].to_vec(),
            }),
            _ => None,
        }
    }

    /// Discards frames that arrived before, until none has come for a while.
    pub(crate) async fn discard_frames(&mut self) {
        while self
            .receive_frame(Duration::from_millis(200))
            .await
            .is_some()
        {}
    }
}
