//! Keeps the screen on under Linux: through the desktop portal
//! (<https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Inhibit.html>), and where that is not
//! there, through the screen saver
//! (<https://specifications.freedesktop.org/idle-inhibit-spec/latest/>).

use std::{collections::HashMap, time::Duration};

use zbus::{
    blocking::{Connection, connection},
    zvariant::{OwnedObjectPath, Value},
};

/// Limit for each D-Bus call. Enough for D-Bus to start the portal.
const DBUS_TIMEOUT: Duration = Duration::from_secs(5);

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PORTAL_OBJECT: &str = "/org/freedesktop/portal/desktop";
const INHIBIT: &str = "org.freedesktop.portal.Inhibit";
const REQUEST: &str = "org.freedesktop.portal.Request";
/// Flags of the portal's `Inhibit`: the computer goes to sleep, and the session becomes idle.
const SUSPEND_AND_IDLE: u32 = 4 | 8;

const SCREEN_SAVER: &str = "org.freedesktop.ScreenSaver";
const SCREEN_SAVER_OBJECT: &str = "/org/freedesktop/ScreenSaver";

const REASON: &str = "Call";

/// The screen stays on until this is dropped. It also ends with the connection, and so with the process.
pub(super) struct Inhibitor {
    bus: Connection,
    held: Held,
}

enum Held {
    /// The request's path.
    Portal(OwnedObjectPath),
    /// The cookie of `Inhibit`.
    ScreenSaver(u32),
}

impl Inhibitor {
    pub(super) fn begin() -> zbus::Result<Self> {
        let bus = connection::Builder::session()?
            .method_timeout(DBUS_TIMEOUT)
            .build()?;
        let held = portal(&bus).or_else(|_| screen_saver(&bus))?;
        Ok(Self { bus, held })
    }

    /// The portal keeps the computer from sleeping too.
    pub(super) fn is_of_portal(&self) -> bool {
        matches!(self.held, Held::Portal(_))
    }
}

fn portal(bus: &Connection) -> zbus::Result<Held> {
    let options = HashMap::from([("reason", Value::from(REASON))]);
    // Without a parent window: no dialog belongs to it.
    let arguments = ("", SUSPEND_AND_IDLE, options);
    let answer = bus.call_method(
        Some(PORTAL),
        PORTAL_OBJECT,
        Some(INHIBIT),
        "Inhibit",
        &arguments,
    )?;
    Ok(Held::Portal(answer.body().deserialize()?))
}

fn screen_saver(bus: &Connection) -> zbus::Result<Held> {
    let arguments = ("Maru", REASON);
    let answer = bus.call_method(
        Some(SCREEN_SAVER),
        SCREEN_SAVER_OBJECT,
        Some(SCREEN_SAVER),
        "Inhibit",
        &arguments,
    )?;
    Ok(Held::ScreenSaver(answer.body().deserialize()?))
}

impl Drop for Inhibitor {
    fn drop(&mut self) {
        // Fails if the bus or the service is gone, and the request with it.
        let _ = match &self.held {
            Held::Portal(request) => {
                self.bus
                    .call_method(Some(PORTAL), request, Some(REQUEST), "Close", &())
            }
            Held::ScreenSaver(cookie) => self.bus.call_method(
                Some(SCREEN_SAVER),
                SCREEN_SAVER_OBJECT,
                Some(SCREEN_SAVER),
                "UnInhibit",
                cookie,
            ),
        };
    }
}
