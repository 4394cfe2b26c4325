//! One WebSocket connection (RFC 6455) to the server: opened, read, written and closed by one task.

use std::net::IpAddr;

use futures_util::{SinkExt, StreamExt};
use maru_protocol::{ErrorCode, SUBPROTOCOL, limits::MAX_FRAME_BYTES};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
    time::{Duration, timeout},
};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        error::{ProtocolError, SubProtocolError},
        handshake::client::Request,
        http::{HeaderValue, StatusCode, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::WebSocketConfig,
    },
};

use crate::{
    happy_eyeballs,
    server_url::ServerUrl,
    session::{ConnectionId, Disconnect, Event},
    tls,
};

/// Limit of frames queued for the network. A connection that does not take them counts as dead.
pub(crate) const MAX_OUTGOING: usize = 256;
/// Limit for the closing handshake, including frames that are still queued.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

trait Transport: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Transport for T {}

/// Opens the connection and runs it until either side closes it. To close it from here, drop the sender of `outgoing`:
/// queued frames are still sent.
///
/// The last event is one `Closed`, except when the sender is dropped before the connection is open: then there is none.
pub(crate) async fn run(
    id: ConnectionId,
    server: ServerUrl,
    mut outgoing: mpsc::Receiver<String>,
    events: mpsc::Sender<Event>,
) {
    let socket = tokio::select! {
        socket = open(&server) => socket,
        // Nothing is sent before `Connected`, so this means that the sender was dropped.
        _ = outgoing.recv() => return,
    };
    let disconnect = match socket {
        Ok((socket, local)) => {
            let connected = Event::Connected {
                connection: id,
                local,
            };
            if events.send(connected).await.is_err() {
                return;
            }
            serve(id, socket, &mut outgoing, &events).await
        }
        Err(disconnect) => disconnect,
    };
    // Fails if the driver has ended.
    let _ = events.send(Event::Closed(id, disconnect)).await;
}

type Socket = WebSocketStream<Box<dyn Transport>>;

/// The open WebSocket and its local address.
async fn open(server: &ServerUrl) -> Result<(Socket, Option<IpAddr>), Disconnect> {
    let host = server.host();
    let stream = happy_eyeballs::connect(&host, server.port())
        .await
        .map_err(|error| Disconnect::transient(format!("cannot reach {server}: {error}")))?;
    // Nagle's algorithm would delay small frames, such as trickled candidates, by a round trip.
    stream
        .set_nodelay(true)
        .map_err(|error| Disconnect::transient(error.to_string()))?;
    let local = stream.local_addr().ok().map(|address| address.ip());
    let stream: Box<dyn Transport> = if server.is_secure() {
        let name =
            ServerName::try_from(host).map_err(|error| Disconnect::transient(error.to_string()))?;
        let connector =
            tls::connector().map_err(|error| Disconnect::transient(error.to_string()))?;
        let stream = connector.connect(name, stream).await.map_err(|error| {
            Disconnect::transient(format!("no secure connection to {server}: {error}"))
        })?;
        Box::new(stream)
    } else {
        Box::new(stream)
    };
    // tungstenite follows no redirects: any status other than 101 is an error.
    let (socket, _) = client_async_with_config(request(server)?, stream, Some(limits()))
        .await
        .map_err(|error| handshake_failed(server, &error))?;
    Ok((socket, local))
}

fn request(server: &ServerUrl) -> Result<Request, Disconnect> {
    let mut request = server
        .socket_url()
        .into_client_request()
        .map_err(|error| Disconnect::transient(error.to_string()))?;
    request.headers_mut().insert(
        SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(SUBPROTOCOL),
    );
    Ok(request)
}

fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .max_message_size(Some(MAX_FRAME_BYTES))
        .max_frame_size(Some(MAX_FRAME_BYTES))
}

fn handshake_failed(server: &ServerUrl, error: &Error) -> Disconnect {
    let refusal = match error {
        Error::Http(response) => match response.status() {
            StatusCode::UPGRADE_REQUIRED => Some(ErrorCode::UnsupportedVersion),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Some(ErrorCode::Unauthorized),
            // Any other status may come from a proxy while the server restarts.
            _ => None,
        },
        Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(
            SubProtocolError::InvalidSubProtocol | SubProtocolError::NoSubProtocol,
        )) => Some(ErrorCode::UnsupportedVersion),
        _ => None,
    };
    Disconnect {
        close_code: None,
        refusal,
        detail: format!("{server} did not open a Maru connection: {error}"),
    }
}

async fn serve(
    id: ConnectionId,
    mut socket: Socket,
    outgoing: &mut mpsc::Receiver<String>,
    events: &mpsc::Sender<Event>,
) -> Disconnect {
    loop {
        tokio::select! {
            frame = outgoing.recv() => match frame {
                Some(frame) => {
                    if let Err(error) = socket.send(Message::text(frame)).await {
                        return Disconnect::transient(error.to_string());
                    }
                }
                None => {
                    // Without the limit, a server that does not answer would keep this task alive.
                    let _ = timeout(CLOSE_TIMEOUT, close(&mut socket)).await;
                    return Disconnect::transient("closed");
                }
            },
            message = socket.next() => {
                let event = match message {
                    Some(Ok(Message::Text(text))) => Event::Frame(id, text.as_str().to_owned()),
                    // tungstenite answers pings itself.
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Event::ControlFrame(id),
                    Some(Ok(Message::Close(frame))) => {
                        return Disconnect {
                            close_code: frame.as_ref().map(|frame| frame.code.into()),
                            refusal: None,
                            detail: frame.map_or_else(
                                || "the server closed the connection".into(),
                                |frame| format!("the server closed the connection: {} {}", u16::from(frame.code), frame.reason),
                            ),
                        };
                    }
                    // The protocol has text messages only.
                    Some(Ok(Message::Binary(_) | Message::Frame(_))) => {
                        return Disconnect::transient("the server sent a binary message");
                    }
                    Some(Err(error)) => return Disconnect::transient(error.to_string()),
                    None => return Disconnect::transient("the connection ended"),
                };
                // While this waits nothing is read, so that TCP slows the server down (back-pressure).
                if events.send(event).await.is_err() {
                    return Disconnect::transient("closed");
                }
            }
        }
    }
}

async fn close(socket: &mut Socket) {
    if socket.close(None).await.is_ok() {
        // Reading to the end completes the closing handshake. Closing TCP before could reset the connection and lose
        // frames that were written.
        while let Some(Ok(_)) = socket.next().await {}
    }
}
