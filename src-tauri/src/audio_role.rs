//! Marks the app's audio streams as a call, for the sound server. PipeWire and PulseAudio then switch a Bluetooth headset
//! to the profile with a microphone, and lower other sounds where they are set up to do that.
//!
//! The streams are ALSA's, which has no roles. Its plugins for both servers read properties from the environment.

#![expect(
    unsafe_code,
    reason = "environment variables can only be set with unsafe code"
)]

/// Read by PipeWire's ALSA plugin. `PIPEWIRE_PROPS` would also apply to the webview's cameras.
const PIPEWIRE: (&str, &str) = ("PIPEWIRE_ALSA", "{ media.role = Communication }");
/// Read by libpulse, below PulseAudio's ALSA plugin.
const PULSE: (&str, &str) = ("PULSE_PROP_media.role", "phone");

/// Call before the process has other threads. Variables that are set already are kept.
pub(crate) fn set() {
    for (name, value) in [PIPEWIRE, PULSE] {
        if std::env::var_os(name).is_none() {
            // SAFETY: this is the only thread, so that no other reads the environment.
            unsafe { std::env::set_var(name, value) };
        }
    }
}
