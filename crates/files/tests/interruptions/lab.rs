//! Two network namespaces and a path between them.

use std::io::{BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;

/// Conditions of one direction.
pub(crate) const CUT: &str = r#"{"loss":1}"#;

/// Removes what it made when it is dropped.
pub(crate) struct Lab {
    namespaces: [String; 2],
    /// The IP address of each side.
    addresses: [String; 2],
    control: BufReader<UnixStream>,
    carrier: Option<JoinHandle<()>>,
}

impl Lab {
    /// Why this machine cannot have one.
    pub(crate) fn unavailable() -> Option<&'static str> {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let effective = status.lines().find_map(|line| line.strip_prefix("Uid:"));
        if effective.and_then(|ids| ids.split_whitespace().nth(1)) != Some("0") {
            return Some("network namespaces take root");
        }
        if !Path::new("/dev/net/tun").exists() {
            return Some("this kernel has no TUN devices");
        }
        let has_ip = Command::new("ip").arg("-V").output();
        has_ip.is_err().then_some("there is no iproute2")
    }

    pub(crate) fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // By these names the end-to-end tests remove what was left by a process that is gone.
        let name = |side| format!("maru-{}-{number}-{side}", std::process::id());
        let namespaces = [name(1), name(2)];
        for namespace in &namespaces {
            ip(&["netns", "add", namespace]);
        }
        let (control, input) = UnixStream::pair().unwrap();
        let names = namespaces.clone();
        let carrier = std::thread::spawn(move || {
            let mut output = input.try_clone().unwrap();
            let names = [names[0].as_str(), names[1].as_str()];
            maru_lab::carry(names, u64::from(number), &input, &mut output).unwrap();
        });
        let mut lab = Self {
            namespaces,
            addresses: ["10.77.0.1".into(), "10.77.0.2".into()],
            control: BufReader::new(control),
            carrier: Some(carrier),
        };
        lab.answer();
        for side in [0, 1] {
            lab.ip(side, &["link", "set", "lo", "up"]);
            // One address for each side, so that there is one path.
            lab.ip(side, &["link", "set", "path", "addrgenmode", "none"]);
            let address = format!("{}/24", lab.addresses[side]);
            lab.ip(side, &["address", "add", &address, "dev", "path"]);
            lab.ip(side, &["link", "set", "path", "up"]);
        }
        lab
    }

    pub(crate) fn namespace(&self, side: usize) -> String {
        self.namespaces[side].clone()
    }

    /// The conditions from the first to the second, and back.
    pub(crate) fn set(&mut self, there: &str, back: &str) {
        writeln!(self.control.get_mut(), "[{there},{back}]").unwrap();
        self.answer();
    }

    /// A side gets another address in another network, and loses the one it has.
    pub(crate) fn move_to(&mut self, side: usize, address: &str) {
        let other = 1 - side;
        self.ip(side, &["address", "flush", "dev", "path"]);
        let with_mask = format!("{address}/24");
        self.ip(side, &["address", "add", &with_mask, "dev", "path"]);
        let of_other = self.addresses[other].clone();
        self.ip(side, &["route", "add", &of_other, "dev", "path"]);
        self.ip(other, &["route", "add", address, "dev", "path"]);
        self.addresses[side] = address.to_owned();
    }

    fn ip(&self, side: usize, arguments: &[&str]) {
        ip(&[&["-n", &self.namespaces[side]], arguments].concat());
    }

    fn answer(&mut self) {
        let mut line = String::new();
        self.control.read_line(&mut line).unwrap();
        assert!(line.contains("\"ok\":true"), "{line}");
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.control.get_ref().shutdown(Shutdown::Both);
        let carrier = self.carrier.take().map(JoinHandle::join);
        for namespace in &self.namespaces {
            ip(&["netns", "delete", namespace]);
        }
        assert!(
            matches!(carrier, Some(Ok(()))) || std::thread::panicking(),
            "the path failed"
        );
    }
}

fn ip(arguments: &[&str]) {
    let output = Command::new("ip").args(arguments).output().unwrap();
    assert!(
        output.status.success() || std::thread::panicking(),
        "ip {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
}
