//! `/healthz`, `/metrics`, and the files of the web client.

use super::{
    assets::{self, Asset},
    request::Request,
    response::Response,
    security_headers::security_headers,
};
use crate::state::ServerState;

pub(super) fn respond(state: &ServerState, request: &Request) -> Response {
    let path = request.path();
    let response = match path {
        "/healthz" if state.is_draining() => {
            Response::text("503 Service Unavailable", "shutting down\n")
        }
        "/healthz" => Response::text("200 OK", "ok\n"),
        "/metrics" => {
            let content_type = "text/plain; version=0.0.4; charset=utf-8";
            let body = state.metrics.render(state.gauges());
            Response::new("200 OK", content_type, body.into_bytes())
        }
        _ => {
            return match assets::find(path, request.encoding) {
                Some(asset) => file(request, &asset),
                None => Response::text("404 Not Found", "not found\n")
                    .with("X-Content-Type-Options", "nosniff"),
            };
        }
    };
    response
        .with("Cache-Control", "no-store")
        .with("X-Content-Type-Options", "nosniff")
}

fn file(request: &Request, asset: &Asset) -> Response {
    let is_current = request
        .if_none_match
        .as_deref()
        .is_some_and(|known| known.split(',').any(|etag| etag.trim() == asset.etag));
    let mut response = if is_current {
        Response::not_modified(asset.content_type)
    } else {
        Response::new("200 OK", asset.content_type, asset.body)
    };
    response = response
        .with("Cache-Control", asset.cache_control)
        .with("ETag", asset.etag)
        .with("Vary", "Accept-Encoding");
    if let Some(encoding) = asset.content_encoding {
        response = response.with("Content-Encoding", encoding);
    }
    for (name, value) in security_headers(request.host.as_deref()) {
        response = response.with(name, value);
    }
    response
}
