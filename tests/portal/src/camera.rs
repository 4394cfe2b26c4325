//! `org.freedesktop.portal.Camera`, version 1.

use zbus::{
    Connection, fdo, interface,
    message::Header,
    zvariant::{OwnedFd, OwnedObjectPath},
};

use crate::{
    pipewire,
    request::{Options, Results, allow, path_of, sender_of},
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
        let sender = sender_of(&header)?;
        let request = path_of("request", &sender, &options, "handle_token")?;
        allow(connection, sender, request.clone(), async {
            Results::new()
        });
        Ok(request)
    }

    fn open_pipe_wire_remote(&self, _options: Options) -> fdo::Result<OwnedFd> {
        pipewire::connect()
    }
}
