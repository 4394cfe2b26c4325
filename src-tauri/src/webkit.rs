//! Settings of WebKitGTK, the webview of Linux: features that calls need and that are off by default.

use std::{ffi::CStr, path::Path};

use tauri::Url;
use webkit2gtk::{
    DeviceInfoPermissionRequest, HardwareAccelerationPolicy, PermissionRequestExt, SettingsExt,
    WebView, WebViewExt, glib::prelude::Cast,
};

use crate::{engine::mock_devices, page, webkit_features};

/// W3C WebCodecs: the native engine's worker encodes and decodes with it.
const CODECS: &CStr = c"WebCodecsVideo";
/// `MediaStreamTrackProcessor` and `VideoTrackGenerator` (W3C mediacapture-transform): the worker reads and writes video
/// frames with them. Off by default in 2.50. It gives only this page access to frames.
const FRAME_ACCESS: &CStr = c"MediaStreamTrackProcessing";

/// Linux has a render node here for each graphics card, of any vendor and with or without a screen
/// (Documentation/gpu/drm-uapi.rst, "Render nodes").
const RENDER_NODES: &str = "/dev/dri";

pub(crate) fn configure(view: &WebView) {
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_enable_media_stream(true);
        // No effect if WebKitGTK is built without WebRTC; the page detects that.
        settings.set_enable_webrtc(true);
        // Remote audio plays without another click: joining was a click.
        settings.set_media_playback_requires_user_gesture(false);
        settings.set_enable_mock_capture_devices(mock_devices());
        if let Some(policy) = acceleration(
            std::env::var("MARU_HARDWARE_ACCELERATION").ok().as_deref(),
            has_graphics_card(),
        ) {
            settings.set_hardware_acceleration_policy(policy);
        }
        // If one is missing, the page detects that and says so.
        webkit_features::enable(&settings, CODECS);
        if !is_frame_access_disabled() {
            webkit_features::enable(&settings, FRAME_ACCESS);
        }
    }
    // wry's handler runs first and passes on the requests that it does not distinguish.
    view.connect_permission_request(|view, request| {
        let is_for_device_names = request
            .downcast_ref::<DeviceInfoPermissionRequest>()
            .is_some();
        if is_for_device_names && shows_own_page(view) {
            request.allow();
        } else {
            request.deny();
        }
        true
    });
}

fn shows_own_page(view: &WebView) -> bool {
    view.uri()
        .and_then(|url| Url::parse(&url).ok())
        .is_some_and(|url| page::is_own(&url))
}

/// `MARU_WITHOUT_FRAME_ACCESS=1`: for a WebKit with a faulty implementation, and for tests of the replacement
/// (docs/decisions/0043-where-workers-get-no-frames.md).
fn is_frame_access_disabled() -> bool {
    std::env::var_os("MARU_WITHOUT_FRAME_ACCESS").is_some_and(|value| value == "1")
}

/// Never without a graphics card: WebKit would compose with OpenGL in software, which took most of the webview's
/// processor time in a call (docs/decisions/0042-no-card-no-opengl.md). With a card, `None`: WebKit's own choice.
/// `MARU_HARDWARE_ACCELERATION=always|never` overrides both, for faulty drivers and for tests.
fn acceleration(environment: Option<&str>, has_card: bool) -> Option<HardwareAccelerationPolicy> {
    match (environment, has_card) {
        (Some("always"), _) => Some(HardwareAccelerationPolicy::Always),
        (Some("never"), _) | (_, false) => Some(HardwareAccelerationPolicy::Never),
        (_, true) => None,
    }
}

pub(crate) fn has_graphics_card() -> bool {
    has_render_node(Path::new(RENDER_NODES))
}

fn has_render_node(nodes: &Path) -> bool {
    std::fs::read_dir(nodes).is_ok_and(|nodes| {
        nodes
            .flatten()
            .any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_card_nothing_is_accelerated_unless_the_environment_says_so() {
        use HardwareAccelerationPolicy::{Always, Never};
        assert_eq!(acceleration(None, true), None);
        assert_eq!(acceleration(None, false), Some(Never));
        assert_eq!(acceleration(Some("always"), false), Some(Always));
        assert_eq!(acceleration(Some("never"), true), Some(Never));
        assert_eq!(acceleration(Some("perhaps"), true), None);
    }

    #[test]
    fn a_card_has_a_render_node() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!has_render_node(&folder.path().join("missing")));
        // A screen without a card: the framebuffer of a virtual machine.
        std::fs::write(folder.path().join("card0"), "").expect("a file");
        assert!(!has_render_node(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "").expect("a file");
        assert!(has_render_node(folder.path()));
    }
}
