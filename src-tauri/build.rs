//! Provides an interface to embed, and names the commands that the capabilities have to grant.

use std::{fs, path::Path};

const DIST: &str = "../ui/dist";

/// Shown instead of the interface when it has not been built.
const PLACEHOLDER: &str = "<!doctype html><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"dark\">\
<title>Maru</title>\
<p>The interface is not built into this binary. Run <code>npm ci && npm run build</code> at the root of the \
repository, then build <code>maru</code> again; <code>cargo xtask start</code> does both.</p>\n";

/// Every command in `src/commands/`. Tauri refuses each that is named here and not granted in
/// `capabilities/main.json`.
const COMMANDS: &[&str] = &[
    "signaling_join",
    "signaling_leave",
    "signaling_signal",
    "signaling_retry",
    "signaling_subscribe",
    "settings_get",
    "settings_set",
    "open_external",
    "server_info",
    "server_set",
    "links_subscribe",
    "engine_open",
    "engine_command",
    "engine_devices",
    "engine_open_microphone",
    "engine_set_speaker",
    "engine_stats",
    "engine_lacks",
    "files_subscribe",
    "files_pick",
    "files_offer_dropped",
    "files_accept",
    "files_decline",
    "files_control",
    "files_entries",
    "files_thumbnail",
    "files_call_active",
    "files_drags",
    "files_choose_folder",
    "keep_screen_on",
    "notify",
];

fn main() {
    // `generate_context!` embeds the interface at compile time. Without a placeholder, `cargo clippy` would fail in a
    // fresh clone until the interface is built.
    let index = Path::new(DIST).join("index.html");
    if !index.exists() {
        println!(
            "cargo::warning=ui/dist is missing: building Maru with a page that says how to build it"
        );
        fs::create_dir_all(DIST)
            .and_then(|()| fs::write(&index, PLACEHOLDER))
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", index.display()));
    }
    println!("cargo::rerun-if-changed={DIST}");
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS)),
    )
    .unwrap_or_else(|error| panic!("tauri-build: {error:#}"));
}
