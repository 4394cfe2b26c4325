//! Building and writing a response.

use std::{borrow::Cow, fmt::Write as _, time::Duration};

use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};

/// Time for the kernel to accept a whole response.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

const NOT_MODIFIED: &str = "304 Not Modified";

#[derive(Debug)]
pub(super) struct Response {
    status: &'static str,
    content_type: &'static str,
    headers: Vec<(&'static str, Cow<'static, str>)>,
    body: Cow<'static, [u8]>,
}

impl Response {
    pub(super) fn new(
        status: &'static str,
        content_type: &'static str,
        body: impl Into<Cow<'static, [u8]>>,
    ) -> Self {
        Self {
            status,
            content_type,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(super) fn text(status: &'static str, body: &'static str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body.as_bytes())
    }

    /// The response to a conditional request if the client's copy is current.
    pub(super) fn not_modified(content_type: &'static str) -> Self {
        Self::new(NOT_MODIFIED, content_type, &b""[..])
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Writes it, without the body if `head_only`; `close` announces that the connection will be closed. False if
    /// the connection cannot be used any more.
    pub(super) async fn write(&self, stream: &mut TcpStream, head_only: bool, close: bool) -> bool {
        let mut bytes = self.header(close).into_bytes();
        if !head_only {
            bytes.extend_from_slice(&self.body);
        }
        matches!(
            timeout(WRITE_TIMEOUT, stream.write_all(&bytes)).await,
            Ok(Ok(()))
        )
    }

    fn header(&self, close: bool) -> String {
        let mut header = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\n",
            self.status, self.content_type
        );
        // Writing to a String cannot fail.
        if self.status != NOT_MODIFIED {
            let _ = write!(header, "Content-Length: {}\r\n", self.body.len());
        }
        if close {
            header.push_str("Connection: close\r\n");
        }
        for (name, value) in &self.headers {
            let _ = write!(header, "{name}: {value}\r\n");
        }
        header.push_str("\r\n");
        header
    }
}
