//! Two engines in one process, each with a page of its own: what the page and its worker see of a call.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod links;
mod media;
mod media_socket;
mod negotiation;
mod support;
