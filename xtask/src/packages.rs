//! All system packages that Maru needs, by purpose, under their Debian and Ubuntu names.

/// What a package is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Linking any Rust binary, and the C in `ring` (TLS) and libopus.
    Build,
    /// The desktop shell.
    Desktop,
    /// Browser and desktop end-to-end tests.
    Tests,
    /// Type-checking for Windows and macOS.
    Platforms,
    /// The WebAssembly module of the web client, with a toolchain that rustup cannot add the target to.
    WebAssembly,
}

impl Purpose {
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Build => "to build anything",
            Self::Desktop => "for the desktop app",
            Self::Tests => "for the end-to-end tests",
            Self::Platforms => "to type-check for Windows and macOS",
            Self::WebAssembly => "for the WebAssembly module of the web client",
        }
    }

    /// On Debian only: Ubuntu lacks them or has them as a snap, which tests cannot drive.
    pub(crate) fn debian_packages(self) -> &'static [&'static str] {
        match self {
            Self::Build | Self::Desktop => &[],
            // Chromium: elsewhere Playwright's own download takes its place (suite.rs). Firefox: elsewhere its
            // tests are skipped.
            Self::Tests => &["chromium", "firefox-esr"],
            // A compiler with the source of its standard library, so that a machine without access to Rust's
            // servers can build for other systems too. Elsewhere rustup adds the targets (platforms.rs, wasm.rs).
            Self::Platforms | Self::WebAssembly => &["rustc-web", "cargo-web", "rust-web-src"],
        }
    }

    /// On Debian and Ubuntu.
    pub(crate) fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Build => &["build-essential", "cmake", "pkg-config", "ca-certificates"],
            Self::Desktop => &[
                "libwebkit2gtk-4.1-dev",
                "libasound2-dev",
                "libgtk-3-dev",
                // Opens the browser on the room where this webview has no WebRTC.
                "xdg-utils",
                // WebKitGTK plays every sound through these.
                "gstreamer1.0-plugins-base",
                "gstreamer1.0-plugins-good",
            ],
            Self::Tests => &[
                "webkit2gtk-driver",
                "xvfb",
                "xauth",
                "dbus",
                // Network namespaces for calls over bad paths.
                "iproute2",
                // A TURN server, over UDP, TCP and TLS.
                "coturn",
                "gstreamer1.0-plugins-bad",
                // Cameras for the tests, through a portal and PipeWire.
                "gstreamer1.0-pipewire",
                "libpipewire-0.3-dev",
                // A sound server for the tests, without a sound card.
                "pipewire",
                "pipewire-pulse",
                "wireplumber",
                "pulseaudio-utils",
                // Hangul from the keys of a display, as a Korean keyboard writes it.
                "ibus",
                "ibus-gtk3",
                "ibus-hangul",
                "xdotool",
                // Room names and the interface in Korean.
                "fonts-noto-cjk",
            ],
            // Has wasm-ld.
            Self::WebAssembly => &["lld"],
            Self::Platforms => &["gcc-mingw-w64-x86-64", "binutils-mingw-w64-x86-64", "clang"],
        }
    }
}

/// Connects the sound tests to PipeWire. It conflicts with PulseAudio's server: on a machine that has that, it is not
/// installed, and those tests are skipped.
pub(crate) const PIPEWIRE_ALSA: &str = "pipewire-alsa";
pub(crate) const PULSEAUDIO: &str = "pulseaudio";

/// The same packages on other systems: printed, never installed.
pub(crate) const FEDORA: &str = "sudo dnf install gcc gcc-c++ make cmake pkgconf alsa-lib-devel webkit2gtk4.1-devel gtk3-devel \
xdg-utils gstreamer1-plugins-base gstreamer1-plugins-good";
pub(crate) const ARCH: &str = "sudo pacman -S --needed base-devel cmake alsa-lib webkit2gtk-4.1 gtk3 xdg-utils gst-plugins-base gst-plugins-good";
pub(crate) const MACOS: &str = "xcode-select --install";
pub(crate) const WINDOWS: &str =
    "Microsoft's C++ Build Tools and the WebView2 runtime (part of Windows 11)";
