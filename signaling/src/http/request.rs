//! Reading a request header.

use tokio::{io::AsyncReadExt, net::TcpStream};

use super::assets::Encoding;

const MAX_HEADER_BYTES: usize = 16 * 1024;
const MAX_HEADER_FIELDS: usize = 64;

/// The parts of a request that this server uses.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) method: Method,
    target: String,
    pub(super) host: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) encoding: Encoding,
    pub(super) if_none_match: Option<String>,
    pub(super) has_body: bool,
    /// Whether the client asks to close the connection after the response.
    pub(super) close: bool,
    pub(super) upgrade_to_websocket: bool,
    pub(super) websocket_key: Option<String>,
    pub(super) is_websocket_version_13: bool,
    pub(super) websocket_protocols: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
    #[default]
    Other,
}

/// Why there is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadError {
    /// The client closed the connection, or it failed.
    Closed,
    Malformed,
    TooLarge,
}

/// Reads the next request header. `received` holds bytes that were read before, and afterwards those that follow the
/// header.
pub(super) async fn read(
    stream: &mut TcpStream,
    received: &mut Vec<u8>,
) -> Result<Box<Request>, ReadError> {
    loop {
        if let Some((request, length)) = parse(received)? {
            received.drain(..length);
            return Ok(request);
        }
        if received.len() >= MAX_HEADER_BYTES {
            return Err(ReadError::TooLarge);
        }
        // On the stack of this short-lived future, not in the connection: an idle client needs no read buffer.
        let mut chunk = [0; 2048];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return Err(ReadError::Closed),
            Ok(read) => received.extend_from_slice(&chunk[..read]),
        }
    }
}

/// The request header at the start of `bytes` and its length, or `None` while it is incomplete.
fn parse(bytes: &[u8]) -> Result<Option<(Box<Request>, usize)>, ReadError> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_HEADER_FIELDS];
    let mut raw = httparse::Request::new(&mut fields);
    let length = match raw.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(ReadError::Malformed),
    };
    let mut request = Request {
        method: match raw.method {
            Some("GET") => Method::Get,
            Some("HEAD") => Method::Head,
            _ => Method::Other,
        },
        target: raw.path.unwrap_or_default().to_owned(),
        // HTTP/1.0 closes by default.
        close: raw.version == Some(0),
        ..Request::default()
    };
    for field in raw.headers.iter() {
        if let Ok(value) = std::str::from_utf8(field.value) {
            request.set_field(field.name, value);
        }
    }
    Ok(Some((Box::new(request), length)))
}

impl Request {
    /// The request target without its query.
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    fn set_field(&mut self, name: &str, value: &str) {
        let is = |expected: &str| name.eq_ignore_ascii_case(expected);
        let items = || value.split(',').map(str::trim);
        let contains = |token: &str| items().any(|item| item.eq_ignore_ascii_case(token));
        if is("host") {
            self.host = Some(value.to_owned());
        } else if is("origin") {
            self.origin = Some(value.to_owned());
        } else if is("upgrade") {
            self.upgrade_to_websocket = contains("websocket");
        } else if is("sec-websocket-key") {
            self.websocket_key = Some(value.trim().to_owned());
        } else if is("sec-websocket-version") {
            self.is_websocket_version_13 = value.trim() == "13";
        } else if is("sec-websocket-protocol") {
            self.websocket_protocols.extend(items().map(str::to_owned));
        } else if is("connection") {
            self.close |= contains("close");
        } else if is("transfer-encoding") || (is("content-length") && value.trim() != "0") {
            self.has_body = true;
        } else if is("accept-encoding") {
            self.encoding = Encoding::choose(value);
        } else if is("if-none-match") {
            self.if_none_match = Some(value.to_owned());
        }
    }
}
