//! Who may use the camera, the microphone and the screen: our own page in our own window.

use tauri::{
    Url, Webview,
    webview::{PermissionKind, PermissionResponse},
};

use crate::window::{MAIN, is_own_page};

/// Answers what a page asks of the system. The person is asked by the interface, which opens no device
/// before they have turned it on; the webview's own dialog after that would only be a second question.
pub(crate) fn answer(webview: &Webview, kind: PermissionKind) -> PermissionResponse {
    let own = webview.label() == MAIN && webview.url().is_ok_and(|url| is_own_page(&url));
    decide(own, &kind)
}

fn decide(own: bool, kind: &PermissionKind) -> PermissionResponse {
    match kind {
        PermissionKind::Camera | PermissionKind::Microphone | PermissionKind::DisplayCapture
            if own =>
        {
            PermissionResponse::Allow
        }
        // WebKitGTK asks for device names with a request wry does not tell apart; `webkit` answers it.
        PermissionKind::Other if own && cfg!(target_os = "linux") => PermissionResponse::Default,
        // Never `Default`: with no answer of ours some webviews ask the person, and macOS grants.
        _ => PermissionResponse::Deny,
    }
}

/// For pages whose address is known without a webview.
pub(crate) fn is_ours(url: Option<&str>) -> bool {
    url.and_then(|url| Url::parse(url).ok())
        .is_some_and(|url| is_own_page(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_page_gets_devices() {
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
    fn nobody_gets_the_rest() {
        for kind in [
            PermissionKind::Geolocation,
            PermissionKind::Notifications,
            PermissionKind::ClipboardRead,
        ] {
            for own in [true, false] {
                assert_eq!(decide(own, &kind), PermissionResponse::Deny);
            }
        }
        assert_eq!(
            decide(false, &PermissionKind::Other),
            PermissionResponse::Deny
        );
    }
}
