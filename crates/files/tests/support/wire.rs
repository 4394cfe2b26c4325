//! Datagrams between the programs go through sockets of this process, and are counted.

use std::collections::HashMap;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration;

/// For each port of a program a socket that stands for it: the others see only that one.
#[derive(Default)]
pub(crate) struct Wire {
    sockets: Mutex<HashMap<u16, Arc<UdpSocket>>>,
    bytes: AtomicU64,
    /// Everything waits after so many; 0 for never.
    hold_after: AtomicU64,
}

impl Wire {
    /// Bytes of datagrams so far, in both directions.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// After so many bytes, counted from the beginning, everything waits until [`Self::release`].
    pub(crate) fn hold_after(&self, bytes: u64) {
        self.hold_after.store(bytes, Ordering::Relaxed);
    }

    pub(crate) fn release(&self) {
        self.hold_after(0);
    }

    fn holds(&self) -> bool {
        let after = self.hold_after.load(Ordering::Relaxed);
        after > 0 && self.bytes() > after
    }

    /// Replaces the ports of the candidates in a signal.
    pub(crate) fn redirect(self: &Arc<Self>, signal: &mut serde_json::Value) {
        match signal {
            serde_json::Value::String(text) if text.contains("candidate:") => {
                let lines = text
                    .split_inclusive('\n')
                    .map(|line| self.redirect_line(line));
                *text = lines.collect();
            }
            serde_json::Value::Object(fields) => {
                for field in fields.values_mut() {
                    self.redirect(field);
                }
            }
            _ => {}
        }
    }

    fn redirect_line(self: &Arc<Self>, line: &str) -> String {
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        if line.contains("candidate:")
            && let Some(word) = words.get_mut(5)
            && let Ok(port) = word.parse()
        {
            *word = self.socket(port).local_addr().unwrap().port().to_string();
        }
        words.join(" ")
    }

    /// The socket that stands for a port.
    fn socket(self: &Arc<Self>, port: u16) -> Arc<UdpSocket> {
        let mut sockets = self.sockets.lock().unwrap();
        let made = sockets.entry(port).or_insert_with(|| {
            let socket = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
            let (wire, of_thread) = (Arc::clone(self), Arc::clone(&socket));
            std::thread::spawn(move || wire.forward(&of_thread, port));
            socket
        });
        Arc::clone(made)
    }

    /// Passes on what arrives for a port, as from the socket of its sender. Ends with the process.
    fn forward(self: &Arc<Self>, socket: &UdpSocket, port: u16) {
        let mut datagram = vec![0; 1 << 16];
        while let Ok((length, from)) = socket.recv_from(&mut datagram) {
            self.bytes.fetch_add(length as u64, Ordering::Relaxed);
            while self.holds() {
                std::thread::sleep(Duration::from_millis(1));
            }
            let as_sender = self.socket(from.port());
            // A port that is closed answers with an error, as a loss.
            let _ = as_sender.send_to(&datagram[..length], (Ipv4Addr::LOCALHOST, port));
        }
    }
}
