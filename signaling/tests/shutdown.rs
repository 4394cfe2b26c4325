//! An orderly shutdown.

mod support;

use support::{config, start};
use tokio::net::TcpStream;

#[tokio::test]
async fn clients_receive_shutting_down_and_the_port_is_closed() {
    let server = start(config());
    let (mut a, _) = server.join("daily", "A").await;
    let address = server.address;
    let stopping = tokio::spawn(server.stop());
    a.expect_error("shutting-down").await;
    assert_eq!(a.close_code().await, 1012);
    stopping.await.expect("ends");
    assert!(TcpStream::connect(address).await.is_err());
}
