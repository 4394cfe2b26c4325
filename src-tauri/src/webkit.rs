//! WebKitGTK, the webview of Linux: what is off by default and a call needs.

use webkit2gtk::{
    DeviceInfoPermissionRequest, PermissionRequestExt, SettingsExt, WebView, WebViewExt,
    glib::prelude::Cast,
};

use crate::permissions::is_ours;

/// Set to `1` to make up a camera, a microphone and a screen instead of using real ones. Tests of a
/// packaged binary need it; all it can do is show made-up pictures to whoever sets it for themselves.
const MOCK_DEVICES: &str = "MARU_MOCK_DEVICES";

pub(crate) fn configure(view: &WebView) {
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_enable_media_stream(true);
        // No effect where WebKitGTK is built without WebRTC; the interface looks for itself what is there.
        settings.set_enable_webrtc(true);
        // Others' voices play without a click: joining was the click.
        settings.set_media_playback_requires_user_gesture(false);
        settings.set_enable_mock_capture_devices(
            std::env::var_os(MOCK_DEVICES).is_some_and(|value| value == "1"),
        );
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
