//! Permission for the camera, the microphone and the screen: only for the app's own page in its own window.

use tauri::{
    Webview,
    webview::{PermissionKind, PermissionResponse},
};

use crate::page;

/// Answers a permission request. There is no dialog, because the page opens a device only after the person has turned it
/// on; the webview's own dialog would ask a second time.
pub(crate) fn answer(webview: &Webview, kind: PermissionKind) -> PermissionResponse {
    decide(page::is_shown_in(webview), &kind)
}

fn decide(is_own_page: bool, kind: &PermissionKind) -> PermissionResponse {
    match kind {
        PermissionKind::Camera | PermissionKind::Microphone | PermissionKind::DisplayCapture
            if is_own_page =>
        {
            PermissionResponse::Allow
        }
        // WebKitGTK's request for device names, which wry does not distinguish; `webkit` answers it.
        PermissionKind::Other if is_own_page && cfg!(target_os = "linux") => {
            PermissionResponse::Default
        }
        // Never `Default`: some webviews would open a dialog, and macOS would grant the request.
        _ => PermissionResponse::Deny,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_page_gets_devices() {
        for kind in [
            PermissionKind::Camera,
            PermissionKind::Microphone,
            PermissionKind::DisplayCapture,
        ] {
            assert_eq!(decide(true, &kind), PermissionResponse::Allow);
            assert_eq!(decide(false, &kind), PermissionResponse::Deny);
        }
    }

    #[test]
    fn everything_else_is_denied() {
        for kind in [
            PermissionKind::Geolocation,
            PermissionKind::Notifications,
            PermissionKind::ClipboardRead,
        ] {
            for is_own_page in [true, false] {
                assert_eq!(decide(is_own_page, &kind), PermissionResponse::Deny);
            }
        }
        assert_eq!(
            decide(false, &PermissionKind::Other),
            PermissionResponse::Deny
        );
    }
}
