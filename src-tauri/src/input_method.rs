//! Input methods (IBus or Fcitx, for Hangul, Kana or Hanzi) in WebKitGTK, the webview of Linux.

use webkit2gtk::{InputMethodContextExt, WebView, WebViewExt};

/// Shows the text being composed ("preedit") in the text field, as every browser does.
///
/// wry disables it for every webview, because the candidate list used to open in a corner of the window if the input
/// method put the cursor before the composed text (tauri-apps/wry#955, bugs.webkit.org 218148). Without preedit, a
/// syllable only appears when the next one is begun, and the page receives no `compositionstart`. With WebKitGTK 2.50
/// and IBus, the list opens below the text.
pub(crate) fn show_preedit(view: &WebView) {
    if let Some(context) = view.input_method_context() {
        context.set_enable_preedit(true);
    }
}
