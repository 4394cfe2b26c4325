//! The runtime that the stack runs on, and the addresses it binds sockets to.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime,
    TokioRuntime,
};

use crate::channel::NegotiatedChannels;
use crate::checks::{CheckLimiter, CheckedSocket};
use crate::config::Bind;
use crate::handshake::HandshakeSocket;
use crate::interfaces;
use crate::lock::lock;
use crate::records::{LastRecords, RecordSocket};
use crate::resolve::resolve;
use crate::turn::{TurnConnections, TurnSocket, placeholder_addresses};
use crate::udp::tune;

/// The addresses to bind sockets to. The stack reads them at the start and again at every ICE restart, which is how a new
/// network is found.
pub(crate) struct BindAddresses(pub(crate) Arc<Mutex<Bind>>);

impl ToSocketAddrs for BindAddresses {
    type Iter = std::vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        let addresses = match &*lock(&self.0) {
            Bind::Addresses(addresses) => addresses.clone(),
            Bind::Interfaces => interfaces::usable()?
                .into_iter()
                .map(|ip| SocketAddr::new(ip, 0))
                .collect(),
        };
        Ok(addresses.into_iter())
    }
}

/// Tokio's runtime, whose UDP sockets have large buffers, limit connectivity checks, answer retransmitted DTLS flights,
/// send no data before the channels are made and the last data again after an outage, and reach TURN servers over TCP and TLS. Segmentation offload (GSO, GRO) is the stack's own.
#[derive(Debug)]
pub(crate) struct PeerRuntime {
    turn: Arc<TurnConnections>,
    checks: Arc<Mutex<CheckLimiter>>,
    channels: Arc<NegotiatedChannels>,
    records: Arc<Mutex<LastRecords>>,
    /// Bytes that each socket requests.
    receive_buffer: usize,
}

impl PeerRuntime {
    /// The arguments are of the connection, and shared by all its sockets.
    pub(crate) fn new(
        turn: &Arc<TurnConnections>,
        checks: &Arc<Mutex<CheckLimiter>>,
        channels: &Arc<NegotiatedChannels>,
        receive_buffer: usize,
    ) -> Self {
        Self {
            turn: Arc::clone(turn),
            checks: Arc::clone(checks),
            channels: Arc::clone(channels),
            records: Arc::default(),
            receive_buffer,
        }
    }
}

impl Runtime for PeerRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        tune(&socket, self.receive_buffer);
        let udp = TokioRuntime.wrap_udp_socket(socket)?;
        let relayed = TurnSocket::new(udp, Arc::clone(&self.turn))?;
        let handshakes = HandshakeSocket::new(Arc::new(relayed));
        let checked = CheckedSocket::new(Arc::new(handshakes), Arc::clone(&self.checks))?;
        Ok(Arc::new(RecordSocket::new(
            Arc::new(checked),
            Arc::clone(&self.checks),
            Arc::clone(&self.channels),
            Arc::clone(&self.records),
        )))
    }

    fn wrap_tcp_listener(
        &self,
        listener: std::net::TcpListener,
    ) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        remote: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        Box::pin(async move { TokioRuntime.connect_tcp(remote).await })
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        Box::pin(async move {
            match placeholder_addresses(host) {
                Some(addresses) => Ok(addresses),
                None => resolve(host).await,
            }
        })
    }

    fn now(&self) -> std::time::Instant {
        crate::clock::now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }
}
