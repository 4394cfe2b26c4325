use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use maru_peer::Bind;
use tokio::sync::mpsc;

use super::*;
use crate::link::LinkHandle;

const TIMEOUT: Duration = Duration::from_secs(30);

async fn start() -> Engine {
    Engine::start(Config {
        origins: Vec::new(),
        bind: Bind::Addresses(vec!["127.0.0.1:0".parse().unwrap()]),
        sound_devices: SoundDevices::Mock { onset_log: None },
    })
    .await
    .unwrap()
}

/// The loudspeaker is open while a microphone is: what it plays shows whether one is open.
async fn wait_until_no_device_is_open(engine: &Engine) {
    let mock = engine.shared.sound.mock().unwrap();
    tokio::time::timeout(TIMEOUT, async {
        loop {
            let _ = mock.take_played();
            tokio::time::sleep(Duration::from_millis(50)).await;
            if mock.take_played().is_empty() {
                return;
            }
        }
    })
    .await
    .expect("the devices are closed");
}

#[tokio::test]
async fn a_microphone_that_opens_after_a_reload_is_closed_and_not_given_to_the_next_page() {
    let engine = start().await;
    loop {
        engine.open(|_| {});
        let mut opening = pin!(engine.open_microphone(None));
        let polled = opening
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        if polled.is_ready() {
            // The device thread was faster. Try again.
            continue;
        }
        engine.open(|_| {});
        assert_eq!(opening.await, Err(EngineError::NotOpen));
        break;
    }
    assert!(engine.shared.page().as_ref().unwrap().microphone.is_none());
    wait_until_no_device_is_open(&engine).await;
}

#[tokio::test]
async fn without_a_page_no_microphone_is_opened() {
    let engine = start().await;
    assert_eq!(
        engine.open_microphone(None).await,
        Err(EngineError::NotOpen)
    );
    engine.open(|_| {});
    engine.open_microphone(None).await.unwrap();
    engine.close_page();
    wait_until_no_device_is_open(&engine).await;
}

#[tokio::test]
async fn a_full_link_is_busy_and_a_request_to_one_that_ended_has_no_effect() {
    const LINK: LinkId = 1;
    let engine = start().await;
    engine.open(|_| {});
    let (requests, receiver) = mpsc::channel(1);
    let (audio, _packets) = mpsc::channel(1);
    let handle = LinkHandle { requests, audio };
    engine
        .shared
        .page()
        .as_mut()
        .unwrap()
        .links
        .insert(LINK, handle);
    let restart = || engine.command(Command::RestartIce { link: LINK });
    assert_eq!(restart(), Ok(()));
    assert_eq!(restart(), Err(EngineError::Busy));
    drop(receiver);
    assert_eq!(restart(), Ok(()));
}
