//! Checks what the machine needs for a build, and installs it where possible.

use std::path::Path;

use crate::{
    command::{command, run, stdout_of},
    failure::Failure,
    packages::{self, Purpose},
};

/// Of the interface's build (package.json, `engines`).
const MIN_NODE: (u32, u32) = (20, 19);
/// Reads this lockfile's version 3.
const MIN_NPM: (u32, u32) = (7, 0);

/// Installs the missing packages for `purposes` on Debian and Ubuntu; prints what is needed on other systems.
///
/// # Errors
/// [`Failure::Needs`] with the exact command when this user may not install packages.
pub(crate) fn require(purposes: &[Purpose]) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") || stdout_of("dpkg-query", ["--version"]).is_none() {
        print_requirements(purposes);
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

/// Checks the versions of Node and npm. Does not install them: there are many ways, and the distribution's own are
/// often too old.
pub(crate) fn require_node() -> Result<(), Failure> {
    for (program, min) in [("node", MIN_NODE), ("npm", MIN_NPM)] {
        let needed = format!("{program} {}.{} or newer is needed", min.0, min.1);
        let version = stdout_of(program, ["--version"]).ok_or_else(|| {
            Failure::Needs(format!(
                "{needed}, and none is installed: https://nodejs.org"
            ))
        })?;
        if parse_version(&version).is_none_or(|version| version < min) {
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

/// Debian itself, not a derivative.
fn is_debian() -> bool {
    std::fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

/// Those of `packages` that are not installed.
fn missing<'a>(packages: impl Iterator<Item = &'a &'static str>) -> Vec<&'static str> {
    // One query each: dpkg-query fails as a whole when one of several names is unknown.
    packages.copied().filter(|package| !has(package)).collect()
}

/// Whether a package is installed. False on systems without `dpkg-query`.
pub(crate) fn has(package: &str) -> bool {
    stdout_of(
        "dpkg-query",
        ["--show", "--showformat=${db:Status-Status}", package],
    )
    .as_deref()
        == Some("installed")
}

/// What to put before a command to run it as root; `None` if sudo is missing or needs a password.
fn root_prefix() -> Option<&'static [&'static str]> {
    #[cfg(unix)]
    if nix::unistd::geteuid().is_root() {
        return Some(&[]);
    }
    stdout_of("sudo", ["-n", "true"]).map(|_| &["sudo", "-n"] as &[_])
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

fn print_requirements(purposes: &[Purpose]) {
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
