//! What the machine must have before anything is built, and how it gets it.

use std::path::Path;

use crate::{
    command::{ask, command, run},
    failure::Failure,
    packages::{self, Purpose},
};

/// Oldest Node the interface builds with (package.json, `engines`).
const NODE: (u32, u32) = (20, 19);
/// Oldest npm that reads this lockfile (version 3).
const NPM: (u32, u32) = (7, 0);

/// Makes sure the packages for `purposes` are there: installs what is missing on Debian and Ubuntu, says what
/// is needed elsewhere.
///
/// # Errors
/// [`Failure::Needs`] with the exact command when this user may not install packages.
pub(crate) fn require(purposes: &[Purpose]) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") || ask("dpkg-query", ["--version"]).is_none() {
        say_what_is_needed(purposes);
        return Ok(());
    }
    let missing: Vec<(Purpose, Vec<&str>)> = purposes
        .iter()
        .map(|&purpose| {
            let debian = if is_debian() {
                purpose.debian_packages()
            } else {
                &[]
            };
            let sound: &[&str] = if purpose == Purpose::Tests && !has(packages::PULSEAUDIO) {
                &[packages::PIPEWIRE_ALSA]
            } else {
                &[]
            };
            let packages = purpose.packages().iter().chain(debian).chain(sound);
            (purpose, missing(packages))
        })
        .filter(|(_, packages)| !packages.is_empty())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("System packages that are needed and not installed:");
    for (purpose, packages) in &missing {
        eprintln!("  {}: {}", purpose.describe(), packages.join(" "));
    }
    let packages: Vec<&str> = missing
        .into_iter()
        .flat_map(|(_, packages)| packages)
        .collect();
    let Some(prefix) = root_prefix() else {
        return Err(Failure::Needs(format!(
            "Installing them takes root. Run this, then the same command again:\n\n  \
             sudo apt-get update && sudo apt-get install --yes --no-install-recommends {}",
            packages.join(" ")
        )));
    };
    eprintln!("Installing them now.");
    run(apt(prefix, &["update"]))?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(&packages);
    run(apt(prefix, &arguments))
}

/// Makes sure Node and npm are new enough. Installing them is left to the person: which of the many ways is
/// theirs to choose, and the distribution's own is often too old.
pub(crate) fn require_node() -> Result<(), Failure> {
    for (program, least) in [("node", NODE), ("npm", NPM)] {
        let needed = format!("{program} {}.{} or newer is needed", least.0, least.1);
        let version = ask(program, ["--version"]).ok_or_else(|| {
            Failure::Needs(format!(
                "{needed}, and none is installed: https://nodejs.org"
            ))
        })?;
        if parse_version(&version).is_none_or(|version| version < least) {
            return Err(Failure::Needs(format!(
                "{needed}; this is {version}: https://nodejs.org"
            )));
        }
    }
    Ok(())
}

/// Whether a window can be opened here.
pub(crate) fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Debian itself, not one of its many descendants.
fn is_debian() -> bool {
    std::fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

/// Packages not installed of `packages`.
fn missing<'a>(packages: impl Iterator<Item = &'a &'static str>) -> Vec<&'static str> {
    // One question for each: dpkg-query fails as a whole when it does not know one of several names.
    packages.copied().filter(|package| !has(package)).collect()
}

/// Whether a package is installed, as far as there is a `dpkg-query` to ask.
pub(crate) fn has(package: &str) -> bool {
    ask(
        "dpkg-query",
        ["--show", "--showformat=${db:Status-Status}", package],
    )
    .as_deref()
        == Some("installed")
}

/// What makes a command run as root: nothing, or sudo where it asks for no password.
fn root_prefix() -> Option<&'static [&'static str]> {
    #[cfg(unix)]
    if nix::unistd::geteuid().is_root() {
        return Some(&[]);
    }
    ask("sudo", ["-n", "true"]).map(|_| &["sudo", "-n"] as &[_])
}

fn apt(prefix: &[&str], arguments: &[&str]) -> std::process::Command {
    // `env`, because sudo drops the environment.
    let mut words = prefix.to_vec();
    words.extend([
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-o",
        "Dpkg::Use-Pty=0",
        "--quiet",
    ]);
    words.extend(arguments);
    command(words[0], words[1..].iter().copied())
}

fn say_what_is_needed(purposes: &[Purpose]) {
    let text = if cfg!(target_os = "macos") {
        packages::MACOS
    } else if cfg!(windows) {
        packages::WINDOWS
    } else if Path::new("/etc/fedora-release").exists() {
        packages::FEDORA
    } else if Path::new("/etc/arch-release").exists() {
        packages::ARCH
    } else {
        "a C compiler, pkg-config, and WebKitGTK 4.1 with its headers"
    };
    eprintln!(
        "Packages are not checked on this system. If a build below fails, it needs:\n  {text}"
    );
    if purposes.contains(&Purpose::Tests) {
        eprintln!("The end-to-end tests also need Chromium, WebKitWebDriver, Xvfb and D-Bus.");
    }
}

/// `v20.19.1` and `11.2.0` are both versions.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn versions_compare_by_number() {
        assert_eq!(parse_version("v20.19.1"), Some((20, 19)));
        assert!(parse_version("9.2.0") < parse_version("10.0.0"));
        assert_eq!(parse_version("unknown"), None);
    }
}
