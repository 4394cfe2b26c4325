//! The PipeWire that belongs to the session.

use std::{
    io,
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::PathBuf,
};

use serde_json::Value;
use zbus::{fdo, zvariant};

/// A new connection for the caller, on which nothing has been sent yet.
pub(crate) fn connect() -> fdo::Result<zvariant::OwnedFd> {
    let socket = UnixStream::connect(socket()).map_err(|error| failed(&error))?;
    Ok(OwnedFd::from(socket).into())
}

/// The ID of the node with this name.
pub(crate) async fn node(name: &str) -> io::Result<u32> {
    let dump = || std::process::Command::new("pw-dump").output();
    let dump = tokio::task::spawn_blocking(dump).await??;
    let objects: Vec<Value> = serde_json::from_slice(&dump.stdout)?;
    objects
        .iter()
        .find(|object| object["info"]["props"]["node.name"] == name)
        .and_then(|object| object["id"].as_u64()?.try_into().ok())
        .ok_or_else(|| io::Error::other(format!("no node is named {name}")))
}

fn socket() -> PathBuf {
    PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR").unwrap_or_default()).join("pipewire-0")
}

fn failed(error: &io::Error) -> fdo::Error {
    fdo::Error::Failed(format!("{}: {error}", socket().display()))
}
