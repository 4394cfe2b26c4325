//! What WebKitGTK (2.46 on) opens cameras and screens by, beside itself: GStreamer's PipeWire plugin and the desktop
//! portal (<https://flatpak.github.io/xdg-desktop-portal/docs/>). Where one of them is missing it says "no such
//! device", and nobody would know what to install.

use std::{path::PathBuf, time::Duration};

use serde::Serialize;
use zbus::Connection;

use crate::webkit::has_graphics_card;

/// What is missing; `EngineProblem` of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Lack {
    #[serde(rename = "no-pipewire-plugin")]
    PipewirePlugin,
    #[serde(rename = "no-camera-portal")]
    CameraPortal,
    #[serde(rename = "no-screen-portal")]
    ScreenPortal,
    /// Screens come as DMA-BUFs and in no other way. Where nothing can import them WebKitGTK 2.50 waits for one on its
    /// main thread, half a minute long, and then says that the screen is there.
    #[serde(rename = "no-graphics-card")]
    GraphicsCard,
}

/// A portal that is started for this question is there sooner. The interface waits for the answer.
const ANSWER_WITHIN: Duration = Duration::from_millis(1_500);

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const OBJECT: &str = "/org/freedesktop/portal/desktop";
const CAMERAS: &str = "org.freedesktop.portal.Camera";
const SCREENS: &str = "org.freedesktop.portal.ScreenCast";

const PLUGIN: &str = "libgstpipewire.so";
/// Where distributions keep GStreamer's plugins, as far as the environment names no other place.
const PLUGIN_FOLDERS: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/gstreamer-1.0",
    "/usr/lib/aarch64-linux-gnu/gstreamer-1.0",
    "/usr/lib/arm-linux-gnueabihf/gstreamer-1.0",
    "/usr/lib64/gstreamer-1.0",
    "/usr/lib/gstreamer-1.0",
];

/// What is missing on this computer.
pub(crate) async fn lacks() -> Vec<Lack> {
    let bus = tokio::time::timeout(ANSWER_WITHIN, Connection::session()).await;
    // Without a session bus there is no portal on it.
    let bus = bus.ok().and_then(Result::ok);
    lacks_with(bus.as_ref(), &plugin_folders(), has_graphics_card()).await
}

async fn lacks_with(bus: Option<&Connection>, folders: &[PathBuf], card: bool) -> Vec<Lack> {
    let (cameras, screens) = tokio::join!(has_portal(bus, CAMERAS), has_portal(bus, SCREENS));
    [
        (has_plugin(folders), Lack::PipewirePlugin),
        (cameras, Lack::CameraPortal),
        (screens, Lack::ScreenPortal),
        (card, Lack::GraphicsCard),
    ]
    .into_iter()
    .filter_map(|(there, lack)| (!there).then_some(lack))
    .collect()
}

/// Whether the portal is there, or is started for the question, and has a backend for this.
async fn has_portal(bus: Option<&Connection>, interface: &str) -> bool {
    let Some(bus) = bus else { return false };
    // Every interface of the portal has the property; one without a backend is not there.
    let asked = (interface, "version");
    let properties = Some("org.freedesktop.DBus.Properties");
    let version = bus.call_method(Some(PORTAL), OBJECT, properties, "Get", &asked);
    matches!(
        tokio::time::timeout(ANSWER_WITHIN, version).await,
        Ok(Ok(_))
    )
}

fn plugin_folders() -> Vec<PathBuf> {
    // https://gstreamer.freedesktop.org/documentation/gstreamer/running.html; an AppImage sets the second.
    let named = [
        "GST_PLUGIN_PATH_1_0",
        "GST_PLUGIN_SYSTEM_PATH_1_0",
        "GST_PLUGIN_PATH",
        "GST_PLUGIN_SYSTEM_PATH",
    ]
    .iter()
    .filter_map(std::env::var_os)
    .flat_map(|paths| std::env::split_paths(&paths).collect::<Vec<_>>());
    named.chain(PLUGIN_FOLDERS.map(PathBuf::from)).collect()
}

/// True also where none of the folders exists: then plugins are somewhere else, and nothing can be said.
fn has_plugin(folders: &[PathBuf]) -> bool {
    let mut there = folders.iter().filter(|folder| folder.is_dir()).peekable();
    there.peek().is_none() || there.any(|folder| folder.join(PLUGIN).exists())
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader},
        process::{Child, Command, Stdio},
    };

    use zbus::connection::Builder;

    use super::*;

    /// A session bus that starts nothing by itself: what this machine has installed makes no difference.
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
        let both = [Lack::CameraPortal, Lack::ScreenPortal];
        let bus = Bus::start();
        assert_eq!(
            lacks_with(Some(&bus.connect().await), &folders, true).await,
            both
        );
        assert_eq!(lacks_with(None, &folders, true).await, both);
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
            lacks_with(Some(&bus.connect().await), &folders, false).await,
            [Lack::GraphicsCard]
        );
    }

    #[tokio::test]
    async fn a_portal_is_asked_for_what_it_can() {
        let (_folder, folders) = folder_with_plugin();
        let bus = Bus::start();
        let portal = bus.builder().name(PORTAL).expect("a name");
        let portal = portal.serve_at(OBJECT, Cameras).expect("an object");
        let portal = portal.build().await.expect("a portal");
        let connection = bus.connect().await;
        assert_eq!(
            lacks_with(Some(&connection), &folders, true).await,
            [Lack::ScreenPortal]
        );
        let screens = Screens { answers: true };
        portal
            .object_server()
            .at(OBJECT, screens)
            .await
            .expect("an object");
        assert_eq!(lacks_with(Some(&connection), &folders, true).await, []);
    }

    #[tokio::test]
    async fn a_portal_that_hangs_is_not_waited_for() {
        let (_folder, folders) = folder_with_plugin();
        let bus = Bus::start();
        let portal = bus.builder().name(PORTAL).expect("a name");
        let screens = Screens { answers: false };
        let portal = portal.serve_at(OBJECT, screens).expect("an object");
        let _portal = portal.build().await.expect("a portal");
        assert_eq!(
            lacks_with(Some(&bus.connect().await), &folders, true).await,
            [Lack::CameraPortal, Lack::ScreenPortal]
        );
    }

    #[test]
    fn the_plugin_is_looked_for_where_plugins_are() {
        let (_folder, with) = folder_with_plugin();
        let empty = tempfile::tempdir().expect("a folder");
        let without = vec![empty.path().to_owned(), empty.path().join("missing")];
        assert!(has_plugin(&with));
        assert!(!has_plugin(&without));
        assert!(has_plugin(&[without, with].concat()));
        // GStreamer is somewhere else: no ground to tell somebody to install something.
        assert!(has_plugin(&[empty.path().join("missing")]));
    }
}
