//! Local tracks and their media sections; remote tracks as reported to the page.

use std::collections::BTreeMap;

use maru_negotiation::Event;
use maru_peer::{Error, Kind, Peer, RemoteTrack};
use maru_protocol::Source;

use super::incoming::receive_media;
use super::senders::Sender;
use super::task::{LinkTask, Receiver};
use crate::event::{EngineEvent, LinkProblem, RemoteStream};
use crate::ids::StreamId;

/// Adds the tracks that are not among `existing`, and returns their senders. Microphone and camera have a media section
/// from the first description on, whether `streams` has one for them or not (decision 0005); a screen from the first time
/// it is shared.
pub(super) async fn add_missing_tracks(
    peer: &Peer,
    streams: &BTreeMap<Source, StreamId>,
    existing: &BTreeMap<Source, Sender>,
) -> Result<BTreeMap<Source, Sender>, Error> {
    let mut added = BTreeMap::new();
    for source in [Source::Microphone, Source::Camera, Source::Screen] {
        let stream = streams.get(&source).copied();
        if existing.contains_key(&source) || (source == Source::Screen && stream.is_none()) {
            continue;
        }
        let track = match source {
            Source::Microphone | Source::ScreenAudio => peer.add_track(Kind::Audio).await?,
            Source::Camera => peer.add_track(Kind::Video).await?,
            Source::Screen => peer.add_send_only_track(Kind::Video).await?,
        };
        added.insert(source, Sender { track, stream });
    }
    Ok(added)
}

pub(super) fn track_error(error: &Error) -> String {
    format!("tracks: {error}")
}

impl LinkTask {
    /// Adds tracks for local streams that have none in the connection in use. They are negotiated by the next description.
    pub(super) async fn add_missing_tracks(&mut self) -> Result<(), Error> {
        let existing = self.senders.with(|senders| senders.clone());
        let added = add_missing_tracks(&self.peer, &self.local_streams, &existing).await?;
        self.senders.with(|senders| senders.extend(added));
        Ok(())
    }

    /// Sets what is sent as `source`, and negotiates if that needs another description.
    pub(super) async fn set_track(&mut self, source: Source, stream: Option<StreamId>) {
        // This engine does not capture a screen's audio.
        if source == Source::ScreenAudio {
            return;
        }
        let previous = match stream {
            Some(stream) => self.local_streams.insert(source, stream),
            None => self.local_streams.remove(&source),
        };
        self.senders.with(|senders| {
            if let Some(sender) = senders.get_mut(&source) {
                sender.stream = stream;
            }
        });
        if source != Source::Microphone {
            self.context
                .router
                .set_video(self.config.link, source, stream);
        }
        if !self.negotiator.has_begun() {
            return;
        }
        let mut needs_offer = false;
        if source == Source::Screen
            && previous.is_some() != stream.is_some()
            && let Some(track) = self.senders.track(source)
        {
            // Changes the direction of its section, which stays for the next share.
            if let Err(error) = self.peer.set_sending(&track, stream.is_some()).await {
                return self.fail(&error).await;
            }
            needs_offer = true;
        }
        let senders = self.senders.with(|senders| senders.len());
        if let Err(error) = self.add_missing_tracks().await {
            return self.fail(&error).await;
        }
        if needs_offer || self.senders.with(|all| all.len()) > senders {
            self.negotiate(Event::NegotiationNeeded).await;
        }
    }

    async fn fail(&mut self, error: &Error) {
        self.negotiate(Event::Failed(track_error(error))).await;
    }

    /// Media of a new remote track arrived.
    pub(super) fn add_receiver(&mut self, track: RemoteTrack) {
        let mid = track.mid().to_owned();
        let kind = track.kind();
        let stream = self.context.stream_ids.allocate();
        if kind == Kind::Audio && self.remote_sections.source(&mid) != Some(Source::ScreenAudio) {
            // Fails if it is set: the first audio track of a connection is the microphone.
            let _ = self.sync_audio.set((stream, track.sender_clock().clone()));
        }
        let receiving = receive_media(track, stream, self.sync_audio.clone(), self.context.clone());
        let ended = mid.clone();
        self.receiver_tasks.spawn(async move {
            receiving.await;
            ended
        });
        self.receivers.insert(mid, Receiver { kind, stream });
        self.emit_tracks();
    }

    /// Reports missing codecs to the page if they changed.
    pub(super) async fn emit_problems(&mut self) {
        let mut problems = Vec::new();
        for (kind, problem) in [
            (Kind::Audio, LinkProblem::NoAudioCodec),
            (Kind::Video, LinkProblem::NoVideoCodec),
        ] {
            if self.peer.lacks_codec(kind).await {
                problems.push(problem);
            }
        }
        if problems != self.reported_problems {
            self.reported_problems.clone_from(&problems);
            self.context.emit(EngineEvent::Problems {
                link: self.config.link,
                problems,
            });
        }
    }

    /// Reports the remote tracks to the page if they changed.
    pub(super) fn emit_tracks(&mut self) {
        let tracks: Vec<RemoteStream> = self
            .receivers
            .iter()
            .filter_map(|(mid, receiver)| {
                let source = self.remote_sections.source(mid)?;
                let matches = matches!(
                    (receiver.kind, source),
                    (Kind::Audio, Source::Microphone | Source::ScreenAudio)
                        | (Kind::Video, Source::Camera | Source::Screen)
                );
                matches.then_some(RemoteStream {
                    source,
                    stream: receiver.stream,
                })
            })
            .collect();
        if tracks != self.reported_tracks {
            self.reported_tracks.clone_from(&tracks);
            self.context.emit(EngineEvent::Tracks {
                link: self.config.link,
                tracks,
            });
        }
    }
}
