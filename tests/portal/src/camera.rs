//! `org.freedesktop.portal.Camera`, version 1.

use zbus::{
    Connection, fdo, interface,
    message::Header,
    zvariant::{OwnedFd, OwnedObjectPath},
};

use crate::{
    pipewire,
    request::{Options, Results, allow},
};

pub(crate) struct Camera;

#[interface(name = "org.freedesktop.portal.Camera")]
impl Camera {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        1
    }

    #[zbus(property)]
    fn is_camera_present(&self) -> bool {
        true
    }

    fn access_camera(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<OwnedObjectPath> {
        allow(connection, &header, &options, async { Results::new() })
    }

    fn open_pipe_wire_remote(&self, _options: Options) -> fdo::Result<OwnedFd> {
        pipewire::connect()
    }
}
