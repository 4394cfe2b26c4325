//! Calls with a real browser: either peer offers, media both ways, a channel, ICE restarts, closing.
#![allow(clippy::unwrap_used)]

mod support;

use maru_peer::{ConnectionState, Error, Event, Kind};
use support::browser::installed;
use support::browser_call::BrowserCall;
use support::{outgoing, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn we_offer() {
    let Some(path) = installed() else { return };
    let mut call = BrowserCall::new(path).await;
    call.browser.act("media").await;
    call.open_channel().await;
    call.offer().await;
    call.until("the connection", |call| call.page == "connected")
        .await;
    call.media_flows("at first").await;
    call.channel_echoes().await;
    // Our restart.
    call.restart_ice().await;
    call.media_flows("after our restart").await;
    // Their restart, although they answered the first offer.
    let before = call.offers_seen;
    call.browser.act("restart").await;
    call.until("their offer", |call| call.offers_seen > before)
        .await;
    call.media_flows("after their restart").await;
    call.channel_echoes().await;
    let stats = call.peer.stats().await;
    assert!(
        stats.path.round_trip.is_some() && stats.path.local_candidate.is_some(),
        "{stats:?}"
    );
    assert_eq!(stats.tracks.len(), 4, "{stats:?}");
    call.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_offer() {
    let Some(path) = installed() else { return };
    let mut call = BrowserCall::new(path).await;
    call.browser.act("media").await;
    call.browser.act("channel").await;
    call.browser.act("offer").await;
    call.until("the channel", |call| {
        call.channel.is_some() && call.page == "connected"
    })
    .await;
    call.media_flows("at first").await;
    call.channel_echoes().await;
    let before = call.offers_seen;
    call.browser.act("restart").await;
    call.until("their offer", |call| call.offers_seen > before)
        .await;
    call.media_flows("after their restart").await;
    call.restart_ice().await;
    call.media_flows("after our restart").await;
    call.channel_echoes().await;
    call.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_peer_notices_that_the_page_closed_the_connection() {
    let Some(path) = installed() else { return };
    let mut call = BrowserCall::new(path).await;
    call.open_channel().await;
    call.offer().await;
    call.until("the connection", |call| call.page == "connected")
        .await;
    call.channel_echoes().await;
    call.browser.act("close").await;
    let mut channel = call.channel.take().unwrap();
    soon("the channel's end", async {
        while channel.recv().await.is_some() {}
    })
    .await;
    soon("the state", async {
        loop {
            if let Some(Event::State(ConnectionState::Reconnecting | ConnectionState::Failed)) =
                call.events.next().await
            {
                return;
            }
        }
    })
    .await;
    call.end().await;
}

/// Audio and data work without video, also after an ICE restart by either peer.
async fn audio_and_data_work(mut call: BrowserCall) {
    call.until("the connection", |call| {
        call.page == "connected" && call.channel.is_some()
    })
    .await;
    call.audio_flows("at first").await;
    call.channel_echoes().await;
    assert!(call.peer.lacks_codec(Kind::Video).await);
    assert!(!call.peer.lacks_codec(Kind::Audio).await);
    let video = outgoing(vec![0; 100].into(), 0);
    assert_eq!(
        call.track(Kind::Video).write(video).await,
        Err(Error::NotNegotiated)
    );
    call.restart_ice().await;
    call.audio_flows("after our restart").await;
    let before = call.offers_seen;
    call.browser.act("restart").await;
    call.until("their offer", |call| call.offers_seen > before)
        .await;
    call.audio_flows("after their restart").await;
    call.channel_echoes().await;
    assert!(call.peer.lacks_codec(Kind::Video).await);
    assert_eq!(call.page, "connected");
    call.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_video_codec_in_common_we_offer() {
    let Some(path) = installed() else { return };
    let mut call = BrowserCall::new(path).await;
    call.browser.act("media").await;
    call.browser.act("h264").await;
    call.open_channel().await;
    call.offer().await;
    audio_and_data_work(call).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_video_codec_in_common_they_offer() {
    let Some(path) = installed() else { return };
    let mut call = BrowserCall::new(path).await;
    call.browser.act("media").await;
    call.browser.act("h264").await;
    call.browser.act("channel").await;
    call.browser.act("offer").await;
    audio_and_data_work(call).await;
}
