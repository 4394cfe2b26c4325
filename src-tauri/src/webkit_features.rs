//! Enables WebKit's named features (`WebKitFeature`, from WebKitGTK 2.42), for which `webkit2gtk` has no bindings.
//!
//! <https://webkitgtk.org/reference/webkit2gtk/stable/struct.Feature.html>

#![expect(unsafe_code, reason = "functions of WebKitGTK without a binding")]

use std::ffi::{CStr, c_char, c_int, c_void};

use webkit2gtk::{Settings, ffi::WebKitSettings, glib::translate::ToGlibPtr};

// Declared as in WebKitFeature.h and WebKitSettings.h of webkit2gtk-4.1.
unsafe extern "C" {
    fn webkit_settings_get_all_features() -> *mut c_void;
    fn webkit_feature_list_get_length(list: *mut c_void) -> usize;
    fn webkit_feature_list_get(list: *mut c_void, index: usize) -> *mut c_void;
    fn webkit_feature_list_unref(list: *mut c_void);
    fn webkit_feature_get_identifier(feature: *mut c_void) -> *const c_char;
    fn webkit_settings_set_feature_enabled(
        settings: *mut WebKitSettings,
        feature: *mut c_void,
        enabled: c_int,
    );
}

/// Enables a feature. Returns false if this WebKit has none of that name.
pub(crate) fn enable(settings: &Settings, name: &CStr) -> bool {
    let settings: *mut WebKitSettings = settings.to_glib_none().0;
    // SAFETY: `settings` lives through the call. The list is ours until it is unreferenced at the end, its
    // features live as long as it does, and identifiers are NUL-terminated strings inside them.
    unsafe {
        let list = webkit_settings_get_all_features();
        if list.is_null() {
            return false;
        }
        let found = (0..webkit_feature_list_get_length(list))
            .map(|index| webkit_feature_list_get(list, index))
            .find(|feature| {
                !feature.is_null() && {
                    let identifier = webkit_feature_get_identifier(*feature);
                    !identifier.is_null() && CStr::from_ptr(identifier) == name
                }
            });
        if let Some(feature) = found {
            webkit_settings_set_feature_enabled(settings, feature, 1);
        }
        webkit_feature_list_unref(list);
        found.is_some()
    }
}
