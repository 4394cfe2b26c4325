//! One WebSocket to the server: opened, read, written and closed by one task.

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

use super::{
    reach,
    session::{ConnectionId, Event, Loss},
    tls,
};
use crate::server_url::ServerUrl;

/// Frames waiting for the network. A socket that does not take them is not alive: it is closed.
pub(super) const MAX_OUTGOING: usize = 256;
/// The closing handshake and what is still to be written may take this long.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

trait Transport: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Transport for T {}

/// Opens the connection and serves it until either side ends it. `outgoing` closing means: flush, say
/// goodbye, end. Exactly one `Closed` is reported, last.
pub(super) async fn run(
    id: ConnectionId,
    server: ServerUrl,
    mut outgoing: mpsc::Receiver<String>,
    events: mpsc::Sender<Event>,
) {
    let socket = tokio::select! {
        socket = open(&server) => socket,
        // Nothing is sent before `Connected`: this is the sender being dropped, and opening is pointless.
        _ = outgoing.recv() => return,
    };
    let loss = match socket {
        Ok((socket, local)) => {
            if events.send(Event::Connected(id, local)).await.is_err() {
                return;
            }
            serve(id, socket, &mut outgoing, &events).await
        }
        Err(loss) => loss,
    };
    // Nobody listening is the app ending.
    let _ = events.send(Event::Closed(id, loss)).await;
}

type Socket = WebSocketStream<Box<dyn Transport>>;

/// The socket, and the address of this machine that it is from.
async fn open(server: &ServerUrl) -> Result<(Socket, Option<IpAddr>), Loss> {
    let host = server.host();
    let stream = reach::connect(&host, server.port())
        .await
        .map_err(|error| failed(format!("cannot reach {server}: {error}")))?;
    // Frames are small and wait for nobody: without this, Nagle adds a round trip to trickled candidates.
    stream
        .set_nodelay(true)
        .map_err(|error| failed(error.to_string()))?;
    let local = stream.local_addr().ok().map(|address| address.ip());
    let stream: Box<dyn Transport> = if server.is_secure() {
        let name = ServerName::try_from(host).map_err(|error| failed(error.to_string()))?;
        let connector = tls::connector().map_err(|error| failed(error.to_string()))?;
        let stream = connector
            .connect(name, stream)
            .await
            .map_err(|error| failed(format!("no secure connection to {server}: {error}")))?;
        Box::new(stream)
    } else {
        Box::new(stream)
    };
    // tungstenite follows no redirects: an answer other than 101 is an error.
    let (socket, _) = client_async_with_config(request(server)?, stream, Some(limits()))
        .await
        .map_err(|error| handshake_failed(server, &error))?;
    Ok((socket, local))
}

fn request(server: &ServerUrl) -> Result<Request, Loss> {
    let mut request = server
        .socket_url()
        .into_client_request()
        .map_err(|error| failed(error.to_string()))?;
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

fn failed(detail: String) -> Loss {
    Loss {
        close_code: None,
        refusal: None,
        detail,
    }
}

fn handshake_failed(server: &ServerUrl, error: &Error) -> Loss {
    let refusal = match error {
        Error::Http(response) => match response.status() {
            StatusCode::UPGRADE_REQUIRED => Some(ErrorCode::UnsupportedVersion),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Some(ErrorCode::Unauthorized),
            // Everything else may be a proxy whose server is just restarting.
            _ => None,
        },
        Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(
            SubProtocolError::InvalidSubProtocol | SubProtocolError::NoSubProtocol,
        )) => Some(ErrorCode::UnsupportedVersion),
        _ => None,
    };
    Loss {
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
) -> Loss {
    loop {
        tokio::select! {
            frame = outgoing.recv() => match frame {
                Some(frame) => {
                    if let Err(error) = socket.send(Message::text(frame)).await {
                        return failed(error.to_string());
                    }
                }
                None => {
                    // A peer that no longer answers may not keep this task.
                    let _ = timeout(CLOSE_TIMEOUT, goodbye(&mut socket)).await;
                    return failed("closed".into());
                }
            },
            message = socket.next() => {
                let event = match message {
                    Some(Ok(Message::Text(text))) => Event::Frame(id, text.as_str().to_owned()),
                    // tungstenite answers pings by itself.
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Event::Heard(id),
                    Some(Ok(Message::Close(frame))) => {
                        return Loss {
                            close_code: frame.as_ref().map(|frame| frame.code.into()),
                            refusal: None,
                            detail: frame.map_or_else(
                                || "the server closed the connection".into(),
                                |frame| format!("the server closed the connection: {} {}", u16::from(frame.code), frame.reason),
                            ),
                        };
                    }
                    // The wire is text; anything else is no Maru server.
                    Some(Ok(Message::Binary(_) | Message::Frame(_))) => {
                        return failed("the server sent something else than text".into());
                    }
                    Some(Err(error)) => return failed(error.to_string()),
                    None => return failed("the connection ended".into()),
                };
                // Waiting here stops reading, which stops the server: back-pressure without a buffer.
                if events.send(event).await.is_err() {
                    return failed("closed".into());
                }
            }
        }
    }
}

async fn goodbye(socket: &mut Socket) {
    if socket.close(None).await.is_ok() {
        // Reading until the end completes the closing handshake, so that nothing written before is
        // lost to a reset.
        while let Some(Ok(_)) = socket.next().await {}
    }
}
