//! A path between two network namespaces.

use std::process::Command;

use super::program::{Place, Program, words};
use crate::{command::binary, failure::Failure};

/// The addresses of the two ends.
pub(super) const ADDRESSES: [&str; 2] = ["10.77.0.1", "10.77.0.2"];
/// Packets. A TUN device drops what a sender sends at once beyond its queue of 500, which no network card would.
const QUEUE: &str = "10000";

/// Two network namespaces and `maru-lab` between them.
pub(super) struct Lab {
    names: [String; 2],
    /// Ends before the namespaces are removed.
    path: Option<Program>,
}

impl Lab {
    /// `conditions` as `maru-lab` reads them.
    pub(super) fn start(conditions: &str) -> Result<Self, Failure> {
        if !nix::unistd::geteuid().is_root() {
            return Err(Failure::Needs("network namespaces take root".into()));
        }
        let names = [1, 2].map(|end| format!("maru-bench-{}-{end}", std::process::id()));
        let mut lab = Self { names, path: None };
        for name in &lab.names {
            ip(&["netns", "add", name])?;
            ip(&["-n", name, "link", "set", "lo", "up"])?;
        }
        let program = binary("maru-lab", true).to_string_lossy().into_owned();
        // With high priority: waiting for a core would be a delay of the path.
        let command = words(&["nice", "-n", "-10", &program, &lab.names[0], &lab.names[1]]);
        let mut path = Program::start(Place::Here, command)?;
        path.line()?;
        for (name, address) in lab.names.iter().zip(ADDRESSES) {
            let device = ["dev", "path"];
            ip(&["-n", name, "link", "set", "path", "addrgenmode", "none"])?;
            let address = format!("{address}/24");
            ip(&[&["-n", name, "address", "add", &address], device.as_slice()].concat())?;
            ip(&["-n", name, "link", "set", "path", "txqueuelen", QUEUE, "up"])?;
        }
        path.write(conditions)?;
        let answer = path.line()?;
        if !answer.contains("\"ok\":true") {
            return Err(Failure::Step(format!("maru-lab: {answer}")));
        }
        lab.path = Some(path);
        Ok(lab)
    }

    /// Sets the congestion control of TCP at both ends: `reno` or `bbr`. Linux permits CUBIC in a namespace only if it is
    /// the system's own.
    pub(super) fn set_congestion_control(&self, name: &str) -> Result<(), Failure> {
        let setting = format!("net.ipv4.tcp_congestion_control={name}");
        for namespace in &self.names {
            ip(&["netns", "exec", namespace, "sysctl", "-qw", &setting])?;
        }
        Ok(())
    }

    /// Where the sender runs, and the receiver.
    pub(super) fn places(&self) -> [Place<'_>; 2] {
        [&self.names[0], &self.names[1]].map(|name| Place::Namespace(name))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            let _ = path.finish();
        }
        for name in &self.names {
            let _ = ip(&["netns", "delete", name]);
        }
    }
}

fn ip(arguments: &[&str]) -> Result<(), Failure> {
    let failed = |why: String| Failure::Step(format!("ip {}: {why}", arguments.join(" ")));
    let output = Command::new("ip")
        .args(arguments)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}
