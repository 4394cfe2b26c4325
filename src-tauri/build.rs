//! Makes sure there is an interface to embed, and names the commands the capabilities must grant.

use std::{fs, path::Path};

const DIST: &str = "../ui/dist";

/// Shown instead of the interface when it has not been built.
const PLACEHOLDER: &str = "<!doctype html><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"dark\">\
<title>Maru</title>\
<p>The interface is not built into this binary. Run <code>npm ci && npm run build</code> at the root of the \
repository, then build <code>maru</code> again; <code>cargo xtask start</code> does both.</p>\n";

/// Every command of `src/commands.rs`. Naming them here makes Tauri refuse each one that
/// `capabilities/main.json` does not grant.
const COMMANDS: &[&str] = &[
    "signaling_join",
    "signaling_leave",
    "signaling_signal",
    "signaling_subscribe",
    "settings_get",
    "settings_set",
    "open_external",
    "server_info",
    "engine_open",
    "engine_command",
    "engine_devices",
    "engine_open_microphone",
    "engine_set_speaker",
    "engine_stats",
    "engine_lacks",
];

fn main() {
    // `generate_context!` embeds the interface at compile time; without this, a fresh clone could not even
    // run `cargo clippy` before it has run npm.
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
