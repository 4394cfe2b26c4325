//! A path with a delay, which only one address of a person leads to.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// A datagram that is on its way.
struct Datagram {
    arrives: Instant,
    content: Vec<u8>,
    from: Arc<UdpSocket>,
    to: SocketAddr,
}

/// Returns the address that stands for `port` of this machine: it takes datagrams of `only_from` alone, and passes them on
/// after `delay`, as it does with the answers. Its threads end with the process.
pub(crate) fn forward(port: u16, only_from: IpAddr, delay: Duration) -> SocketAddr {
    let front = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    let address = front.local_addr().unwrap();
    let (sender, datagrams) = mpsc::channel::<Datagram>();
    std::thread::spawn(move || {
        for datagram in datagrams {
            std::thread::sleep(datagram.arrives.saturating_duration_since(Instant::now()));
            // A port that is closed is a loss.
            let _ = datagram.from.send_to(&datagram.content, datagram.to);
        }
    });
    std::thread::spawn(move || {
        let mut sources: HashMap<SocketAddr, Arc<UdpSocket>> = HashMap::new();
        receive(&front, |content, from| {
            if from.ip() != only_from {
                return;
            }
            let source = sources.entry(from).or_insert_with(|| {
                let source = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
                let (own, front, sender) = (source.clone(), front.clone(), sender.clone());
                std::thread::spawn(move || {
                    receive(&own, |content, _| {
                        let datagram = Datagram {
                            arrives: Instant::now() + delay,
                            content,
                            from: Arc::clone(&front),
                            to: from,
                        };
                        let _ = sender.send(datagram);
                    });
                });
                source
            });
            let datagram = Datagram {
                arrives: Instant::now() + delay,
                content,
                from: Arc::clone(source),
                to: (Ipv4Addr::LOCALHOST, port).into(),
            };
            let _ = sender.send(datagram);
        });
    });
    address
}

fn receive(socket: &UdpSocket, mut then: impl FnMut(Vec<u8>, SocketAddr)) {
    let mut buffer = vec![0; 1 << 16];
    loop {
        // A port that is closed is reported here (ICMP).
        if let Ok((length, from)) = socket.recv_from(&mut buffer) {
            then(buffer[..length].to_vec(), from);
        }
    }
}
