//! `cargo xtask wasm`: the WebAssembly module of the web client (decision 0051).

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::{cargo, command, root, run as run_command, stdout_of, target},
    debian_toolchain,
    failure::Failure,
    interrupt,
    options::Options,
};

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "maru-transfer-wasm";
/// Where the interface takes it from. Not committed.
const MODULE: &str = "ui/src/host/browser/files/transfer.wasm";

const ARGUMENTS: [&str; 8] = [
    "build",
    "--locked",
    // In Cargo.toml.
    "--profile",
    "wasm",
    "--package",
    PACKAGE,
    "--target",
    TARGET,
];

const NEEDS: &str = "The WebAssembly module cannot be built: no compiler here has the target wasm32-unknown-unknown. \
Any of these adds it:\n\n  \
rustup target add wasm32-unknown-unknown\n  \
sudo apt-get install rustc-web cargo-web rust-web-src lld   (Debian)\n";

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    options.finish()?;
    interrupt::listen()?;
    build()
}

/// Builds the module and puts it where the interface's build finds it.
///
/// # Errors
/// [`Failure::Needs`] if there is no compiler for it.
pub(crate) fn build() -> Result<(), Failure> {
    let mut build = build_command()?.ok_or_else(|| Failure::Needs(NEEDS.into()))?;
    // A folder of its own: other compilers and flags would invalidate the artifacts of `cargo build`.
    let folder = target().with_file_name("target-wasm");
    build
        .env("CARGO_TARGET_DIR", &folder)
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", flags().join("\x1f"));
    run_command(build)?;
    let built = folder.join(format!("{TARGET}/wasm/{}.wasm", PACKAGE.replace('-', "_")));
    let module = fs::read(&built)
        .map_err(|error| Failure::Step(format!("cannot read {}: {error}", built.display())))?;
    if fs::read(root().join(MODULE)).is_ok_and(|current| current == module) {
        return Ok(());
    }
    fs::write(root().join(MODULE), module)
        .map_err(|error| Failure::Step(format!("cannot write {MODULE}: {error}")))
}

/// [`build`], but where it needs something, the interface is built without it.
pub(crate) fn build_if_possible() -> Result<(), Failure> {
    match build() {
        Err(Failure::Needs(needs)) => {
            eprintln!("{needs}\nWithout it, guests in a browser cannot transfer files.");
            Ok(())
        }
        result => result,
    }
}

/// Whether a compiler for the module is there. Adds the target to rustup's toolchain if that is the only way.
pub(crate) fn can_build() -> Result<bool, Failure> {
    Ok(build_command()?.is_some())
}

/// In this order, because a machine with Debian's compiler may have no access to Rust's servers.
fn build_command() -> Result<Option<Command>, Failure> {
    if has_target() {
        return Ok(Some(cargo(ARGUMENTS)));
    }
    if let (Some(mut build), Some(linker)) = (debian_toolchain::cargo(&ARGUMENTS), linker()) {
        build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        return Ok(Some(build));
    }
    if stdout_of("rustup", ["--version"]).is_none() {
        return Ok(None);
    }
    match run_command(command("rustup", ["target", "add", TARGET])) {
        Ok(()) => Ok(Some(cargo(ARGUMENTS))),
        Err(Failure::Interrupted) => Err(Failure::Interrupted),
        // No network; rustup has said so.
        Err(_) => Ok(None),
    }
}

/// Whether the compiler that runs this program has the target's standard library.
fn has_target() -> bool {
    stdout_of("rustc", ["--print", "target-libdir", "--target", TARGET])
        .is_some_and(|folder| Path::new(&folder).exists())
}

/// Debian's compiler comes without a linker for WebAssembly: rustup's, or that of LLVM. Any version since 14 will do.
fn linker() -> Option<PathBuf> {
    let rustups = stdout_of("rustc", ["--print", "target-libdir"])
        .and_then(|folder| Some(Path::new(&folder).parent()?.join("bin/rust-lld")));
    let installed = env::split_paths(&env::var_os("PATH")?)
        .flat_map(|folder| ["wasm-ld", "rust-lld"].map(|name| folder.join(name)))
        .collect::<Vec<_>>();
    rustups
        .into_iter()
        .chain(installed)
        .find(|path| path.exists())
}

/// The module contains the places of its panics. These should not name folders of the machine that built it.
fn flags() -> Vec<String> {
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let folders = [(cargo_home, "cargo"), (root().canonicalize().ok(), "maru")];
    folders
        .into_iter()
        .filter_map(|(folder, name)| Some((folder?, name)))
        .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()))
        .collect()
}
