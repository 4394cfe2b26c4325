//! WebKitGTK, the webview of Linux: what is off by default and a call needs.

use std::{ffi::CStr, path::Path};

use webkit2gtk::{
    DeviceInfoPermissionRequest, HardwareAccelerationPolicy, PermissionRequestExt, SettingsExt,
    WebView, WebViewExt, glib::prelude::Cast,
};

use crate::{engine::mock_devices, permissions::is_ours, webkit_features};

/// What the native engine's worker encodes and decodes with (W3C WebCodecs).
const CODECS: &CStr = c"WebCodecsVideo";
/// What it gets at pictures by: `MediaStreamTrackProcessor` and `VideoTrackGenerator` (W3C mediacapture-transform).
/// Off by default in 2.50; the pictures never leave this page by it, but through connections the person asked for.
const FRAME_ACCESS: &CStr = c"MediaStreamTrackProcessing";

/// Where Linux puts a node for each card that can draw (Documentation/gpu/drm-uapi.rst, "Render nodes"), whoever
/// made it and whatever is plugged into it.
const RENDER_NODES: &str = "/dev/dri";

pub(crate) fn configure(view: &WebView) {
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_enable_media_stream(true);
        // No effect where WebKitGTK is built without WebRTC; the interface looks for itself what is there.
        settings.set_enable_webrtc(true);
        // Others' voices play without a click: joining was the click.
        settings.set_media_playback_requires_user_gesture(false);
        settings.set_enable_mock_capture_devices(mock_devices());
        if let Some(policy) = acceleration(
            std::env::var("MARU_HARDWARE_ACCELERATION").ok().as_deref(),
            has_graphics_card(),
        ) {
            settings.set_hardware_acceleration_policy(policy);
        }
        // Where one is missing, the interface finds that out by looking, and says so.
        webkit_features::enable(&settings, CODECS);
        if !without_frame_access() {
            webkit_features::enable(&settings, FRAME_ACCESS);
        }
    }
    // wry's handler runs first and leaves to this one what it cannot tell apart.
    view.connect_permission_request(|view, request| {
        let names = request
            .downcast_ref::<DeviceInfoPermissionRequest>()
            .is_some();
        if names && is_ours(view.uri().as_deref()) {
            request.allow();
        } else {
            request.deny();
        }
        true
    });
}

/// `MARU_WITHOUT_FRAME_ACCESS=1`: for a WebKit in which it misbehaves, and for the tests of what stands in for it
/// (docs/decisions/0043-where-workers-get-no-frames.md).
fn without_frame_access() -> bool {
    std::env::var_os("MARU_WITHOUT_FRAME_ACCESS").is_some_and(|value| value == "1")
}

/// Without a graphics card WebKit composes with OpenGL all the same, in software: of a call that was most of what the
/// webview cost (docs/decisions/0042-no-card-no-opengl.md). `MARU_HARDWARE_ACCELERATION=always|never` decides it
/// instead: for drivers that misbehave, and for the tests of both. None: WebKit's own choice.
fn acceleration(wish: Option<&str>, card: bool) -> Option<HardwareAccelerationPolicy> {
    match (wish, card) {
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
    fn without_a_card_nothing_is_accelerated_unless_somebody_says_so() {
        use HardwareAccelerationPolicy::{Always, Never};
        assert_eq!(acceleration(None, true), None);
        assert_eq!(acceleration(None, false), Some(Never));
        assert_eq!(acceleration(Some("always"), false), Some(Always));
        assert_eq!(acceleration(Some("never"), true), Some(Never));
        assert_eq!(acceleration(Some("perhaps"), true), None);
    }

    #[test]
    fn a_card_is_what_has_a_render_node() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!has_render_node(&folder.path().join("missing")));
        // A screen without a card: the framebuffer of a virtual machine.
        std::fs::write(folder.path().join("card0"), "").expect("a file");
        assert!(!has_render_node(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "").expect("a file");
        assert!(has_render_node(folder.path()));
    }
}
