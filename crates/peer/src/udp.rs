//! The sizes of UDP socket buffers, and of the SCTP window that must fit into them.

use std::io;
use std::net::{IpAddr, UdpSocket};

use socket2::SockRef;

/// Bytes requested from the kernel.
const SEND_BUFFER: usize = 1 << 20;
/// Smallest SCTP window: two messages of 64 KiB.
const MIN_WINDOW: u32 = 128 << 10;

/// The receive buffer that our sockets get when they request so much, in bytes of payload: stock kernels grant less.
pub(crate) fn granted_receive_buffer(requested: usize) -> io::Result<usize> {
    let socket = UdpSocket::bind((IpAddr::from([127, 0, 0, 1]), 0))?;
    tune(&socket, requested);
    let reported = SockRef::from(&socket).recv_buffer_size()?;
    // Linux doubles what it grants for its own bookkeeping (socket(7)).
    Ok(if cfg!(target_os = "linux") {
        reported / 2
    } else {
        reported
    })
}

/// The SCTP window in bytes: as requested, but not above the receive buffer.
pub(crate) fn window(requested: u32, receive_buffer: usize) -> u32 {
    requested
        .min(u32::try_from(receive_buffer).unwrap_or(u32::MAX))
        .max(MIN_WINDOW)
}

/// Sets the buffers of a socket.
pub(crate) fn tune(socket: &UdpSocket, receive_buffer: usize) {
    let socket = SockRef::from(socket);
    // On an error the default stays, which works; the window follows what was granted.
    let _ = socket.set_recv_buffer_size(receive_buffer);
    let _ = socket.set_send_buffer_size(SEND_BUFFER);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_never_exceeds_the_receive_buffer() {
        assert_eq!(window(4 << 20, 208 << 10), 208 << 10);
        assert_eq!(window(1 << 20, 4 << 20), 1 << 20);
        assert_eq!(window(4 << 20, 1), MIN_WINDOW);
    }

    #[test]
    fn a_smaller_buffer_can_be_requested() {
        assert_eq!(granted_receive_buffer(64 << 10).unwrap(), 64 << 10);
    }

    #[test]
    fn a_tuned_socket_has_at_least_the_default_buffer() {
        let plain = UdpSocket::bind("127.0.0.1:0").unwrap();
        let default = SockRef::from(&plain).recv_buffer_size().unwrap() / 2;
        assert!(granted_receive_buffer(4 << 20).unwrap() >= default);
    }
}
