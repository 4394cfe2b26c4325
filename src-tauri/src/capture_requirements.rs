//! Requirements of WebKitGTK (from 2.46) for cameras and screens: GStreamer's PipeWire plugin and the desktop portal
//! (<https://flatpak.github.io/xdg-desktop-portal/docs/>). If one is missing, WebKitGTK only reports "no such device",
//! so the page names it here.

use std::{path::PathBuf, time::Duration};

use serde::Serialize;
use zbus::Connection;

use crate::webkit::has_graphics_card;

/// A missing requirement: `CaptureLack` of `ui/src/engine/types.ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Missing {
    #[serde(rename = "no-pipewire-plugin")]
    PipewirePlugin,
    #[serde(rename = "no-camera-portal")]
    CameraPortal,
    #[serde(rename = "no-screen-portal")]
    ScreenPortal,
    /// Screens are captured as DMA-BUFs only. Without a card that can import them, WebKitGTK 2.50 blocks its main thread
    /// for half a minute and then reports success.
    #[serde(rename = "no-graphics-card")]
    GraphicsCard,
}

/// Limit for each D-Bus call; the page waits for the result. Enough for D-Bus to start the portal.
const DBUS_TIMEOUT: Duration = Duration::from_millis(1_500);

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const OBJECT: &str = "/org/freedesktop/portal/desktop";
const CAMERAS: &str = "org.freedesktop.portal.Camera";
const SCREENS: &str = "org.freedesktop.portal.ScreenCast";

const PLUGIN: &str = "libgstpipewire.so";
/// GStreamer's plugin folders in common distributions, in addition to those in the environment.
const PLUGIN_FOLDERS: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/gstreamer-1.0",
    "/usr/lib/aarch64-linux-gnu/gstreamer-1.0",
    "/usr/lib/arm-linux-gnueabihf/gstreamer-1.0",
    "/usr/lib64/gstreamer-1.0",
    "/usr/lib/gstreamer-1.0",
];

/// The requirements that this computer does not meet.
pub(crate) async fn missing() -> Vec<Missing> {
    let bus = tokio::time::timeout(DBUS_TIMEOUT, Connection::session()).await;
    // No session bus, no portal.
    let bus = bus.ok().and_then(Result::ok);
    missing_with(bus.as_ref(), &plugin_folders(), has_graphics_card()).await
}

async fn missing_with(
    bus: Option<&Connection>,
    folders: &[PathBuf],
    has_card: bool,
) -> Vec<Missing> {
    let (cameras, screens) = tokio::join!(has_portal(bus, CAMERAS), has_portal(bus, SCREENS));
    [
        (has_plugin(folders), Missing::PipewirePlugin),
        (cameras, Missing::CameraPortal),
        (screens, Missing::ScreenPortal),
        (has_card, Missing::GraphicsCard),
    ]
    .into_iter()
    .filter_map(|(is_met, requirement)| (!is_met).then_some(requirement))
    .collect()
}

/// Whether the portal runs, or D-Bus can start it, and it has a backend for this interface.
async fn has_portal(bus: Option<&Connection>, interface: &str) -> bool {
    let Some(bus) = bus else { return false };
    // Every portal interface has the property `version`; an interface without a backend is not exported.
    let property = (interface, "version");
    let properties = Some("org.freedesktop.DBus.Properties");
    let version = bus.call_method(Some(PORTAL), OBJECT, properties, "Get", &property);
    matches!(tokio::time::timeout(DBUS_TIMEOUT, version).await, Ok(Ok(_)))
}

fn plugin_folders() -> Vec<PathBuf> {
    // https://gstreamer.freedesktop.org/documentation/gstreamer/running.html; an AppImage sets the second.
    let from_environment = [
        "GST_PLUGIN_PATH_1_0",
        "GST_PLUGIN_SYSTEM_PATH_1_0",
        "GST_PLUGIN_PATH",
        "GST_PLUGIN_SYSTEM_PATH",
    ]
    .iter()
    .filter_map(std::env::var_os)
    .flat_map(|paths| std::env::split_paths(&paths).collect::<Vec<_>>());
    from_environment
        .chain(PLUGIN_FOLDERS.map(PathBuf::from))
        .collect()
}

/// Also true if none of the folders exists: the plugins are then elsewhere, and nothing is known about them.
fn has_plugin(folders: &[PathBuf]) -> bool {
    let mut existing = folders.iter().filter(|folder| folder.is_dir()).peekable();
    existing.peek().is_none() || existing.any(|folder| folder.join(PLUGIN).exists())
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader},
        process::{Child, Command, Stdio},
    };

    use zbus::connection::Builder;

    use super::*;

    /// A session bus that starts no services, so that the portal of this machine is not involved.
    struct Bus {
        daemon: Child,
        address: String,
        _folder: tempfile::TempDir,
    }

    impl Bus {
        fn start() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().display();
            let config = format!(
                r#"<busconfig><type>session</type><listen>unix:path={path}/bus</listen><policy context="default">
                <allow send_destination="*"/><allow receive_type="method_return"/><allow receive_type="error"/>
                <allow receive_type="method_call"/><allow receive_type="signal"/><allow own="*"/></policy></busconfig>"#
            );
            let file = folder.path().join("bus.conf");
            std::fs::write(&file, config).expect("a file");
            let mut daemon = Command::new("dbus-daemon")
                .args(["--nofork", "--print-address", "--config-file"])
                .arg(&file)
                .stdout(Stdio::piped())
                .spawn()
                .expect("dbus-daemon is installed");
            let mut address = String::new();
            BufReader::new(daemon.stdout.take().expect("piped"))
                .read_line(&mut address)
                .expect("its address");
            Self {
                daemon,
                address: address.trim().to_owned(),
                _folder: folder,
            }
        }

        fn builder(&self) -> Builder<'_> {
            Builder::address(self.address.as_str()).expect("an address")
        }

        async fn connect(&self) -> Connection {
            self.builder().build().await.expect("a connection")
        }
    }

    impl Drop for Bus {
        fn drop(&mut self) {
            let _ = self.daemon.kill();
            let _ = self.daemon.wait();
        }
    }

    struct Cameras;
    #[zbus::interface(name = "org.freedesktop.portal.Camera")]
    impl Cameras {
        #[zbus(property, name = "version")]
        fn version(&self) -> u32 {
            1
        }
    }

    struct Screens {
        answers: bool,
    }
    #[zbus::interface(name = "org.freedesktop.portal.ScreenCast")]
    impl Screens {
        #[zbus(property, name = "version")]
        async fn version(&self) -> u32 {
            if !self.answers {
                std::future::pending::<()>().await;
            }
            5
        }
    }

    fn folder_with_plugin() -> (tempfile::TempDir, Vec<PathBuf>) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(PLUGIN), "").expect("a file");
        let folders = vec![folder.path().to_owned()];
        (folder, folders)
    }

    #[tokio::test]
    async fn a_desktop_without_a_portal_lacks_both() {
        let (_folder, folders) = folder_with_plugin();
        let both = [Missing::CameraPortal, Missing::ScreenPortal];
        let bus = Bus::start();
        assert_eq!(
            missing_with(Some(&bus.connect().await), &folders, true).await,
            both
        );
        assert_eq!(missing_with(None, &folders, true).await, both);
    }

    #[tokio::test]
    async fn screens_need_a_card_and_cameras_do_not() {
        let (_folder, folders) = folder_with_plugin();
        let bus = Bus::start();
        let portal = bus.builder().name(PORTAL).expect("a name");
        let portal = portal.serve_at(OBJECT, Cameras).expect("an object");
        let portal = portal.serve_at(OBJECT, Screens { answers: true });
        let _portal = portal.expect("an object").build().await.expect("a portal");
        assert_eq!(
            missing_with(Some(&bus.connect().await), &folders, false).await,
            [Missing::GraphicsCard]
        );
    }

    #[tokio::test]
    async fn each_interface_of_the_portal_is_checked() {
        let (_folder, folders) = folder_with_plugin();
        let bus = Bus::start();
        let portal = bus.builder().name(PORTAL).expect("a name");
        let portal = portal.serve_at(OBJECT, Cameras).expect("an object");
        let portal = portal.build().await.expect("a portal");
        let connection = bus.connect().await;
        assert_eq!(
            missing_with(Some(&connection), &folders, true).await,
            [Missing::ScreenPortal]
        );
        let screens = Screens { answers: true };
        portal
            .object_server()
            .at(OBJECT, screens)
            .await
            .expect("an object");
        assert_eq!(missing_with(Some(&connection), &folders, true).await, []);
    }

    #[tokio::test]
    async fn a_portal_that_hangs_times_out() {
        let (_folder, folders) = folder_with_plugin();
        let bus = Bus::start();
        let portal = bus.builder().name(PORTAL).expect("a name");
        let screens = Screens { answers: false };
        let portal = portal.serve_at(OBJECT, screens).expect("an object");
        let _portal = portal.build().await.expect("a portal");
        assert_eq!(
            missing_with(Some(&bus.connect().await), &folders, true).await,
            [Missing::CameraPortal, Missing::ScreenPortal]
        );
    }

    #[test]
    fn the_plugin_is_searched_in_existing_folders() {
        let (_folder, with) = folder_with_plugin();
        let empty = tempfile::tempdir().expect("a folder");
        let without = vec![empty.path().to_owned(), empty.path().join("missing")];
        assert!(has_plugin(&with));
        assert!(!has_plugin(&without));
        assert!(has_plugin(&[without, with].concat()));
        // GStreamer is elsewhere.
        assert!(has_plugin(&[empty.path().join("missing")]));
    }
}
