//! Who may connect to the media socket: a worker of an allowed origin that has the token of the open page.

use std::sync::{Mutex, PoisonError};

use subtle::ConstantTimeEq;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderMap, HeaderValue, StatusCode, header};
use uuid::Uuid;

/// The first subprotocol in `Sec-WebSocket-Protocol`; the token is the second. Browsers let scripts set no other header.
const PROTOCOL: &str = "maru-media.v1";

/// Checks handshakes against the allowed origins and the current token.
#[derive(Debug)]
pub(crate) struct WorkerAuth {
    origins: Vec<String>,
    token: Mutex<Option<String>>,
}

impl WorkerAuth {
    pub(crate) fn new(origins: Vec<String>) -> Self {
        Self {
            origins,
            token: Mutex::new(None),
        }
    }

    /// Replaces the token: 244 random bits. The previous one is revoked.
    pub(crate) fn issue_token(&self) -> String {
        let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        token
    }

    /// Accepts or refuses a handshake (RFC 6455 §4.2.2).
    #[expect(
        clippy::result_large_err,
        reason = "tungstenite requires this signature"
    )]
    pub(crate) fn check_handshake(
        &self,
        request: &Request,
        mut response: Response,
    ) -> Result<Response, ErrorResponse> {
        if !self.is_authorized(request.headers()) {
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

    fn is_authorized(&self, headers: &HeaderMap) -> bool {
        let header_text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let Some(origin) = header_text(header::ORIGIN) else {
            return false;
        };
        if !self.origins.iter().any(|allowed| allowed == origin) {
            return false;
        }
        let Some((protocol, offered)) =
            header_text(header::SEC_WEBSOCKET_PROTOCOL).and_then(|list| list.split_once(','))
        else {
            return false;
        };
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        token.as_ref().is_some_and(|token| {
            let matches: bool = token.as_bytes().ct_eq(offered.trim().as_bytes()).into();
            protocol.trim() == PROTOCOL && matches
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
    fn only_an_allowed_origin_with_the_current_token_is_authorized() {
        let auth = WorkerAuth::new(vec!["tauri://localhost".into()]);
        let with_token =
            |token: &str| headers("tauri://localhost", &format!("{PROTOCOL}, {token}"));
        assert!(!auth.is_authorized(&with_token("")));
        let token = auth.issue_token();
        assert!(auth.is_authorized(&with_token(&token)));
        assert!(!auth.is_authorized(&with_token(&token[1..])));
        assert!(!auth.is_authorized(&with_token("x")));
        assert!(!auth.is_authorized(&headers(
            "http://localhost",
            &format!("{PROTOCOL}, {token}")
        )));
        assert!(!auth.is_authorized(&headers("tauri://localhost", &token)));
        assert!(!auth.is_authorized(&HeaderMap::new()));
        auth.issue_token();
        assert!(!auth.is_authorized(&with_token(&token)));
    }
}
