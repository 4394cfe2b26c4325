//! Who may connect: the page that was told the token, from an origin of ours.

use std::sync::{Mutex, PoisonError};

use subtle::ConstantTimeEq;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderMap, HeaderValue, StatusCode, header};
use uuid::Uuid;

/// The protocol of the socket, first in `Sec-WebSocket-Protocol`; the token is the second.
const PROTOCOL: &str = "maru-media.v1";

/// Holds the token in force.
#[derive(Debug)]
pub(crate) struct Gate {
    origins: Vec<String>,
    token: Mutex<Option<String>>,
}

impl Gate {
    pub(crate) fn new(origins: Vec<String>) -> Self {
        Self {
            origins,
            token: Mutex::new(None),
        }
    }

    /// A token for the next page: 244 random bits. The one before is void.
    pub(crate) fn issue(&self) -> String {
        let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        token
    }

    /// Answers a handshake (RFC 6455 §4.2.2).
    #[expect(
        clippy::result_large_err,
        reason = "the shape that tungstenite asks for"
    )]
    pub(crate) fn answer(
        &self,
        request: &Request,
        mut response: Response,
    ) -> Result<Response, ErrorResponse> {
        if !self.admits(request.headers()) {
            let mut refusal = ErrorResponse::new(None);
            *refusal.status_mut() = StatusCode::FORBIDDEN;
            return Err(refusal);
        }
        response.headers_mut().insert(
            header::SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static(PROTOCOL),
        );
        Ok(response)
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let Some(origin) = text(header::ORIGIN) else {
            return false;
        };
        if !self.origins.iter().any(|ours| ours == origin) {
            return false;
        }
        let Some((protocol, offered)) =
            text(header::SEC_WEBSOCKET_PROTOCOL).and_then(|list| list.split_once(','))
        else {
            return false;
        };
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        token.as_ref().is_some_and(|token| {
            let same: bool = token.as_bytes().ct_eq(offered.trim().as_bytes()).into();
            protocol.trim() == PROTOCOL && same
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: &str, protocols: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocols.parse().unwrap());
        headers
    }

    #[test]
    fn only_the_page_that_was_told_the_token_comes_in() {
        let gate = Gate::new(vec!["tauri://localhost".into()]);
        let ours = |token: &str| headers("tauri://localhost", &format!("{PROTOCOL}, {token}"));
        assert!(!gate.admits(&ours("")));
        let token = gate.issue();
        assert!(gate.admits(&ours(&token)));
        assert!(!gate.admits(&ours(&token[1..])));
        assert!(!gate.admits(&ours("x")));
        assert!(!gate.admits(&headers(
            "http://localhost",
            &format!("{PROTOCOL}, {token}")
        )));
        assert!(!gate.admits(&headers("tauri://localhost", &token)));
        assert!(!gate.admits(&HeaderMap::new()));
        gate.issue();
        assert!(!gate.admits(&ours(&token)));
    }
}
