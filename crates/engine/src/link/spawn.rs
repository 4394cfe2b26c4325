//! Starts a link's tasks.

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::context::LinkContext;
use super::handle::{LinkConfig, LinkHandle, LinkRequest, MAX_REQUESTS};
use super::outgoing::{MAX_AUDIO_PACKETS, MAX_VIDEO_FRAMES, send_media};
use super::senders::Senders;
use super::task::LinkTask;
use crate::event::{EngineEvent, LinkStatus};
use crate::ids::LinkId;

/// The bandwidth estimate a connection starts with, as in `maru-peer`; bits per second.
const INITIAL_BANDWIDTH: u32 = 500_000;

/// Creates a link. It is closed when the handle is dropped.
pub(crate) fn spawn(
    config: LinkConfig,
    context: LinkContext,
    tasks: &mut JoinSet<()>,
) -> LinkHandle {
    let (requests, mut received) = mpsc::channel(MAX_REQUESTS);
    let (audio, packets) = mpsc::channel(MAX_AUDIO_PACKETS);
    let frames = context
        .router
        .add_link(config.link, INITIAL_BANDWIDTH, MAX_VIDEO_FRAMES);
    tasks.spawn(async move {
        let link = config.link;
        let senders = Senders::default();
        let sending = send_media(senders.clone(), context.router.clone(), frames, packets);
        let task = Box::pin(run(config, senders, context.clone(), &mut received));
        let ended = tokio::select! {
            ended = task => ended,
            () = async { sending.await; std::future::pending().await } => Ok(()),
        };
        context.router.remove_link(link);
        context.audio_loss.remove(link);
        report_end(link, ended, received, &context).await;
    });
    LinkHandle { requests, audio }
}

/// Until the handle is dropped.
///
/// # Errors
///
/// The connection could not be created, or was closed by `maru-peer`. For debugging.
async fn run(
    config: LinkConfig,
    senders: Senders,
    context: LinkContext,
    requests: &mut mpsc::Receiver<LinkRequest>,
) -> Result<(), String> {
    let task = LinkTask::connect(config, senders, context).await?;
    task.run(requests).await
}

async fn report_end(
    link: LinkId,
    ended: Result<(), String>,
    mut requests: mpsc::Receiver<LinkRequest>,
    context: &LinkContext,
) {
    let emit = |status, detail| {
        context.emit(EngineEvent::Status {
            link,
            status,
            detail,
        });
    };
    if let Err(detail) = ended {
        emit(LinkStatus::Failed, detail);
        // A failed link stays until the page closes it: the page decides whether to create another one.
        while requests.recv().await.is_some() {}
    }
    emit(LinkStatus::Closed, String::new());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use maru_peer::Bind;
    use maru_sound::Sound;

    use super::*;

    const LINK: LinkId = 1;

    #[tokio::test]
    async fn a_link_whose_connection_ends_by_itself_stays_failed_until_it_is_closed() {
        let (statuses, mut reported) = mpsc::unbounded_channel();
        let (sound, _events) = Sound::start(maru_sound::Config { mock: true });
        let context = LinkContext {
            router: Arc::default(),
            stream_ids: Arc::default(),
            audio_loss: Arc::default(),
            sound,
            listener: Arc::new(move |event| {
                if let EngineEvent::Status { status, .. } = event {
                    let _ = statuses.send(status);
                }
            }),
        };
        let config = LinkConfig {
            link: LINK,
            ice_servers: Vec::new(),
            polite: false,
            offer_first: false,
            bind: Bind::Addresses(vec!["127.0.0.1:0".parse().unwrap()]),
        };
        let task = LinkTask::connect(config, Senders::default(), context.clone())
            .await
            .unwrap();
        task.peer.close().await;
        let (requests, mut received) = mpsc::channel(1);
        let ended = task.run(&mut received).await;
        let end = tokio::spawn(async move { report_end(LINK, ended, received, &context).await });
        assert_eq!(reported.recv().await, Some(LinkStatus::Connecting));
        assert_eq!(reported.recv().await, Some(LinkStatus::Failed));
        // Requests are still accepted.
        for _ in 0..3 {
            requests.send(LinkRequest::RestartIce).await.unwrap();
        }
        assert!(reported.try_recv().is_err());
        drop(requests);
        end.await.unwrap();
        assert_eq!(reported.recv().await, Some(LinkStatus::Closed));
    }
}
