//! Writing by an input method (Hangul, Kana, Hanzi; IBus or Fcitx) in WebKitGTK, the webview of Linux.

use webkit2gtk::{InputMethodContextExt, WebView, WebViewExt};

/// Shows what is being composed in the text field itself ("preedit"), as every browser does.
///
/// wry switches that off for every webview, because the list of candidates once opened in a corner of the window
/// when the input method put the cursor before the composed text (tauri-apps/wry#955, bugs.webkit.org 218148). But
/// without it the page learns nothing before a syllable is complete: no character is seen until the next one is
/// begun, and no `compositionstart` is sent. With WebKitGTK 2.50 and IBus the list opens below the text.
pub(crate) fn show_preedit(view: &WebView) {
    if let Some(context) = view.input_method_context() {
        context.set_enable_preedit(true);
    }
}
