//! The real signaling server, and the paths to it, which can be cut.

use std::net::SocketAddr;

use maru_signaling::{Config, Server as Signaling};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

pub(crate) struct Server {
    runtime: Runtime,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    /// Where it listens now.
    address: watch::Sender<SocketAddr>,
    /// Bytes on a path that is cut wait, as in TCP.
    is_cut: watch::Sender<bool>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (running, address) = serve(&runtime);
        Self {
            runtime,
            running: Some(running),
            address: watch::channel(address).0,
            is_cut: watch::channel(false).0,
        }
    }

    /// Stops the server, which closes its connections, and starts another one.
    pub(crate) fn restart(&mut self) {
        if let Some((stop, ended)) = self.running.take() {
            let _ = stop.send(());
            self.runtime.block_on(ended).unwrap();
        }
        let (running, address) = serve(&self.runtime);
        self.running = Some(running);
        self.address.send_replace(address);
    }

    /// Cuts all paths to the server, or mends them.
    pub(crate) fn set_cut(&self, is_cut: bool) {
        self.is_cut.send_replace(is_cut);
    }

    /// The URL of the server at the end of a new path.
    pub(crate) fn path(&self) -> String {
        let _runtime = self.runtime.enter();
        let (address, is_cut) = (self.address.subscribe(), self.is_cut.subscribe());
        let listener = self.runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(forward(client, address.clone(), is_cut.clone()));
            }
        });
        format!("http://127.0.0.1:{port}")
    }
}

fn serve(runtime: &Runtime) -> ((oneshot::Sender<()>, JoinHandle<()>), SocketAddr) {
    let _runtime = runtime.enter();
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        // Programs that were killed are in the room until they cannot resume any more.
        room_capacity: 32,
        ..Config::default()
    };
    let server = Signaling::bind(config).unwrap();
    let address = server.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(server.run(async move {
        let _ = stopped.await;
    }));
    ((stop, ended), address)
}

async fn forward(
    client: TcpStream,
    address: watch::Receiver<SocketAddr>,
    mut is_cut: watch::Receiver<bool>,
) {
    let _ = is_cut.wait_for(|is_cut| !is_cut).await;
    let address = *address.borrow();
    let Ok(server) = TcpStream::connect(address).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::join!(
        copy(from_client, to_server, is_cut.clone()),
        copy(from_server, to_client, is_cut),
    );
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut is_cut: watch::Receiver<bool>) {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let size = from.read(&mut buffer).await.unwrap_or(0);
        let _ = is_cut.wait_for(|is_cut| !is_cut).await;
        if size == 0 || to.write_all(&buffer[..size]).await.is_err() {
            return;
        }
    }
}
