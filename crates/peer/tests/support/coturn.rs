//! A real TURN server, coturn, on loopback.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use maru_peer::{Config, ConnectionState, IceServer, Kind, Message};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use super::{Side, channel, frame, index_of, loopback, soon, write};

pub const USER: &str = "maru";
pub const PASSWORD: &str = "open sesame";

/// The transport of its clients. It accepts no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    Udp,
    Tcp,
    Tls,
}

pub struct Coturn {
    over: Over,
    port: u16,
    folder: TempDir,
    /// The certificate authority, DER.
    pub root: Bytes,
    process: Child,
}

impl Coturn {
    pub async fn start(over: Over) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = certify(&folder, "127.0.0.1");
        let port = free_port();
        let process = run(over, port, &folder);
        let mut server = Self {
            over,
            port,
            folder,
            root,
            process,
        };
        server.listens().await;
        server
    }

    /// Starts it at the same address after [`Coturn::kill`].
    pub async fn start_again(&mut self) {
        self.process = run(self.over, self.port, &self.folder);
        self.listens().await;
    }

    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub fn url(&self) -> String {
        let port = self.port;
        match self.over {
            Over::Udp => format!("turn:127.0.0.1:{port}"),
            Over::Tcp => format!("turn:127.0.0.1:{port}?transport=tcp"),
            Over::Tls => format!("turns:127.0.0.1:{port}"),
        }
    }

    /// A peer that can only be reached through this server.
    pub fn only(&self) -> Config {
        Config {
            ice_servers: vec![turn(&self.url(), PASSWORD)],
            relay_only: true,
            extra_roots: vec![self.root.clone()],
            ..loopback()
        }
    }

    async fn listens(&mut self) {
        let port = self.port;
        soon("coturn", async {
            // It accepts TCP also where its clients use UDP.
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
                let ended = self.process.try_wait().unwrap();
                assert!(ended.is_none(), "coturn ended: {ended:?}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn turn(url: &str, password: &str) -> IceServer {
    IceServer {
        urls: vec![url.into()],
        username: Some(USER.into()),
        credential: Some(password.into()),
    }
}

fn run(over: Over, port: u16, folder: &TempDir) -> Child {
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (listening, off): (&str, &[&str]) = match over {
        Over::Udp => ("--listening-port", &["--no-tls"]),
        Over::Tcp => ("--listening-port", &["--no-tls", "--no-udp"]),
        Over::Tls => ("--tls-listening-port", &["--no-tcp", "--no-udp"]),
    };
    Command::new("turnserver")
        // Ignores the machine's configuration file.
        .args([
            "-n",
            "--no-cli",
            "--no-dtls",
            "--lt-cred-mech",
            "--allow-loopback-peers",
        ])
        .args(["--user", &format!("{USER}:{PASSWORD}"), "--realm", "maru"])
        .args(["--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1"])
        .args([listening, &port.to_string()])
        .args(off)
        .args(["--cert", &path("cert.pem"), "--pkey", &path("key.pem")])
        .args([
            "--pidfile",
            &path("pid"),
            "--log-file",
            &path("log"),
            "--simple-log",
        ])
        .args(["--userdb", &path("users")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("coturn is installed (cargo xtask start installs what tests need)")
}

/// A free TCP port. coturn uses the next one as well, which nothing else here requests.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Writes a certificate for `name` and its key into `folder`. Returns the authority's certificate, DER.
pub fn certify(folder: &TempDir, name: &str) -> Bytes {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()])
        .unwrap()
        .signed_by(&key, &Issuer::new(authority, authority_key))
        .unwrap();
    fs::write(folder.path().join("cert.pem"), certificate.pem()).unwrap();
    fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
    Bytes::copy_from_slice(root.der())
}

/// Connects, and sends audio, video and messages both ways.
pub async fn talk(one: &mut Side, two: &mut Side) {
    let mut ours = one.peer.create_channel(channel("maru")).await.unwrap();
    let mut media = Vec::new();
    for side in [&*one, &*two] {
        let microphone = side.peer.add_track(Kind::Audio).await.unwrap();
        media.push((microphone, side.peer.add_track(Kind::Video).await.unwrap()));
    }
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    for (side, (microphone, camera)) in [&mut *two, &mut *one].into_iter().zip(&media) {
        write(microphone, frame(0, true, 80), 960).await;
        write(camera, frame(0, true, 20_000), 3000).await;
        let [mut audio, mut video] = side.audio_and_video().await;
        let packet = soon("audio", audio.recv()).await.unwrap();
        assert_eq!(packet.data, frame(0, true, 80));
        let first = soon("video", video.recv()).await.unwrap();
        assert_eq!(first.data, frame(0, true, 20_000));
        for index in 1..10 {
            write(camera, frame(index, false, 3000), 3000 * (index + 1)).await;
            let next = soon("video", video.recv()).await.unwrap();
            assert_eq!(index_of(&next.data), index);
        }
    }
    let mut theirs = soon("the channel", two.channels.recv()).await.unwrap();
    soon("the channel", ours.opened()).await.unwrap();
    for size in [1, 200_000] {
        let message = Message::Binary(vec![7; size].into());
        ours.send(message.clone()).await.unwrap();
        assert_eq!(soon("a message", theirs.recv()).await.unwrap(), message);
        theirs.send(message.clone()).await.unwrap();
        assert_eq!(soon("a message", ours.recv()).await.unwrap(), message);
    }
    for side in [one, two] {
        let path = side.peer.stats().await.path;
        assert_eq!(path.local_candidate.as_deref(), Some("relay"));
    }
}

/// Opens a channel and sends a message over it, to see that the connection works.
pub async fn send_text(one: &mut Side, two: &mut Side, text: &str) {
    let ours = one.peer.create_channel(channel("again")).await.unwrap();
    let mut theirs = soon("the channel", two.channels.recv()).await.unwrap();
    soon("the channel", ours.opened()).await.unwrap();
    ours.send(Message::Text(text.into())).await.unwrap();
    let received = soon("a message", theirs.recv()).await;
    assert_eq!(received, Some(Message::Text(text.into())));
}
