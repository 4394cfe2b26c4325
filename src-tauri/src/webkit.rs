//! WebKitGTK, the webview of Linux: what is off by default and a call needs.

use std::ffi::CStr;

use webkit2gtk::{
    DeviceInfoPermissionRequest, PermissionRequestExt, SettingsExt, WebView, WebViewExt,
    glib::prelude::Cast,
};

use crate::{engine::mock_devices, permissions::is_ours, webkit_features};

/// What the native engine's worker needs to get at pictures: `MediaStreamTrackProcessor` and
/// `VideoTrackGenerator` (W3C mediacapture-transform). Off by default in 2.50; the pictures never leave this
/// page by it, but through connections the person asked for.
const FEATURES: [&CStr; 2] = [c"MediaStreamTrackProcessing", c"WebCodecsVideo"];

pub(crate) fn configure(view: &WebView) {
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_enable_media_stream(true);
        // No effect where WebKitGTK is built without WebRTC; the interface looks for itself what is there.
        settings.set_enable_webrtc(true);
        // Others' voices play without a click: joining was the click.
        settings.set_media_playback_requires_user_gesture(false);
        settings.set_enable_mock_capture_devices(mock_devices());
        for feature in FEATURES {
            // Where it is missing, the interface finds that out by looking, and says so.
            webkit_features::enable(&settings, feature);
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
