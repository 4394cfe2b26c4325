//! `org.freedesktop.portal.ScreenCast`, version 4, with one screen; and its sessions.

use std::collections::HashMap;

use zbus::{
    Connection, fdo, interface,
    message::Header,
    object_server::ObjectServer,
    zvariant::{OwnedFd, OwnedObjectPath, Value},
};

use crate::{
    pipewire,
    request::{Options, Results, allow, path_of, sender_of},
};

const MONITOR: u32 = 1;
const EMBEDDED_CURSOR: u32 = 2;

pub(crate) struct ScreenCast {
    node_name: String,
}

impl ScreenCast {
    pub(crate) fn of(node_name: &str) -> Self {
        Self {
            node_name: node_name.to_owned(),
        }
    }
}

#[interface(name = "org.freedesktop.portal.ScreenCast")]
impl ScreenCast {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        4
    }

    #[zbus(property)]
    fn available_source_types(&self) -> u32 {
        MONITOR
    }

    #[zbus(property)]
    fn available_cursor_modes(&self) -> u32 {
        EMBEDDED_CURSOR
    }

    async fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<OwnedObjectPath> {
        let sender = sender_of(&header)?;
        let session = path_of("session", &sender, &options, "session_handle_token")?;
        connection.object_server().at(&session, Session).await?;
        allow(connection, &header, &options, async move {
            Results::from([("session_handle", Value::from(session.to_string()))])
        })
    }

    fn select_sources(
        &self,
        _session: OwnedObjectPath,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<OwnedObjectPath> {
        allow(connection, &header, &options, async { Results::new() })
    }

    fn start(
        &self,
        _session: OwnedObjectPath,
        _parent_window: &str,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<OwnedObjectPath> {
        let node_name = self.node_name.clone();
        allow(connection, &header, &options, async move {
            let streams: Vec<(u32, HashMap<String, Value<'static>>)> =
                match pipewire::node(&node_name).await {
                    Ok(node) => vec![(
                        node,
                        HashMap::from([("source_type".into(), Value::from(MONITOR))]),
                    )],
                    Err(error) => {
                        eprintln!("maru-portal: {error}");
                        Vec::new()
                    }
                };
            Results::from([("streams", Value::from(streams))])
        })
    }

    fn open_pipe_wire_remote(
        &self,
        _session: OwnedObjectPath,
        _options: Options,
    ) -> fdo::Result<OwnedFd> {
        pipewire::connect()
    }
}

/// A session only has an end; the screen stays available.
struct Session;

#[interface(name = "org.freedesktop.portal.Session")]
impl Session {
    async fn close(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(object_server)] objects: &ObjectServer,
    ) -> fdo::Result<()> {
        if let Some(path) = header.path() {
            objects.remove::<Self, _>(path).await?;
        }
        Ok(())
    }
}
