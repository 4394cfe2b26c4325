//! What a desktop's session does for an app beside cameras: it keeps the screen on, and shows notifications. Every request
//! is printed as a line of JSON.

use std::{
    io::{self, Write as _},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use serde_json::{Value, json};
use zbus::{
    Connection, ObjectServer, connection::Builder, fdo, interface, zvariant::OwnedObjectPath,
};

use crate::request::Options;

const PORTAL_OBJECT: &str = "/org/freedesktop/portal/desktop";
const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_OBJECT: &str = "/org/freedesktop/Notifications";

/// Adds the services and their names.
pub(crate) fn serve(builder: Builder<'static>) -> zbus::Result<Builder<'static>> {
    let refuses = Arc::new(AtomicBool::new(false));
    let inhibit = Inhibit {
        refuses: Arc::clone(&refuses),
        requests: AtomicU32::new(0),
    };
    builder
        .serve_at(PORTAL_OBJECT, inhibit)?
        .serve_at("/org/freedesktop/ScreenSaver", ScreenSaver)?
        .serve_at(NOTIFICATIONS_OBJECT, Notifications(AtomicU32::new(0)))?
        .serve_at("/app/maru/Test", Test(refuses))?
        .name("org.freedesktop.portal.Desktop")?
        .name("org.freedesktop.ScreenSaver")?
        .name(NOTIFICATIONS)
}

/// A closed pipe means that the test has ended.
fn print(line: &Value) {
    let _ = writeln!(io::stdout(), "{line}");
}

struct Inhibit {
    refuses: Arc<AtomicBool>,
    requests: AtomicU32,
}

#[interface(name = "org.freedesktop.portal.Inhibit")]
impl Inhibit {
    async fn inhibit(
        &self,
        _window: String,
        flags: u32,
        options: Options,
        #[zbus(object_server)] server: &ObjectServer,
    ) -> fdo::Result<OwnedObjectPath> {
        if self.refuses.load(Ordering::Relaxed) {
            return Err(fdo::Error::UnknownMethod("no backend".into()));
        }
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let path = OwnedObjectPath::try_from(format!("{PORTAL_OBJECT}/request/inhibit/{number}"))
            .map_err(|error| fdo::Error::Failed(error.to_string()))?;
        let reason = options
            .get("reason")
            .and_then(|value| value.downcast_ref::<&str>().ok())
            .unwrap_or_default();
        print(&json!({ "call": "portal.Inhibit", "flags": flags, "reason": reason }));
        server.at(&path, InhibitRequest(reason.into())).await?;
        Ok(path)
    }
}

/// With its reason.
struct InhibitRequest(String);

#[interface(name = "org.freedesktop.portal.Request")]
impl InhibitRequest {
    fn close(&self) {
        print(&json!({ "call": "portal.Close", "reason": self.0 }));
    }
}

struct ScreenSaver;

#[interface(name = "org.freedesktop.ScreenSaver")]
impl ScreenSaver {
    fn inhibit(&self, application: &str, reason: &str) -> u32 {
        print(
            &json!({ "call": "ScreenSaver.Inhibit", "application": application, "reason": reason }),
        );
        7
    }

    fn un_inhibit(&self, cookie: u32) {
        print(&json!({ "call": "ScreenSaver.UnInhibit", "cookie": cookie }));
    }
}

/// With the number of notifications.
struct Notifications(AtomicU32);

#[interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["actions", "body", "body-markup"]
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("maru-portal", "maru", "1", "1.2")
    }

    #[expect(clippy::too_many_arguments, reason = "as specified")]
    fn notify(
        &self,
        _application: &str,
        _replaces: u32,
        _icon: &str,
        summary: &str,
        body: &str,
        actions: Vec<String>,
        _hints: Options,
        _timeout: i32,
    ) -> u32 {
        let id = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        print(&json!({
            "call": "Notify", "id": id, "summary": summary, "body": body, "actions": actions,
        }));
        id
    }

    fn close_notification(&self, id: u32) {
        print(&json!({ "call": "CloseNotification", "id": id }));
    }
}

/// What the test does to the services.
struct Test(Arc<AtomicBool>);

#[interface(name = "app.maru.Test")]
impl Test {
    /// From now on the portal has no backend that keeps the screen on.
    fn refuse_inhibit(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// The person clicks on a notification.
    async fn click(&self, id: u32, #[zbus(connection)] connection: &Connection) -> fdo::Result<()> {
        let body = (id, "default");
        let (path, signal) = (NOTIFICATIONS_OBJECT, "ActionInvoked");
        connection
            .emit_signal(None::<()>, path, NOTIFICATIONS, signal, &body)
            .await?;
        Ok(())
    }
}
