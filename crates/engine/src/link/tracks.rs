//! Which track of ours has which section, and which of theirs the page hears of.

use std::collections::BTreeMap;

use maru_negotiation::Event;
use maru_peer::{Error, Kind, Peer, RemoteTrack};
use maru_protocol::Source;

use super::incoming;
use super::negotiation::of_tracks;
use super::outgoing::Sent;
use super::task::{Remote, Task};
use crate::{EngineEvent, LinkProblem, RemoteStream, StreamId};

/// Adds the tracks of `wanted` that are not among `there`. Voice and camera have their sections from the first
/// description on (decision 0005), a screen from the first time it is shared.
pub(super) async fn add_tracks(
    peer: &Peer,
    wanted: &BTreeMap<Source, StreamId>,
    there: &BTreeMap<Source, Sent>,
) -> Result<BTreeMap<Source, Sent>, Error> {
    let mut added = BTreeMap::new();
    for source in [Source::Microphone, Source::Camera, Source::Screen] {
        let stream = wanted.get(&source).copied();
        if there.contains_key(&source) || (source == Source::Screen && stream.is_none()) {
            continue;
        }
        let track = match source {
            Source::Microphone | Source::ScreenAudio => peer.add_track(Kind::Audio).await?,
            Source::Camera => peer.add_track(Kind::Video).await?,
            Source::Screen => peer.add_send_only_track(Kind::Video).await?,
        };
        added.insert(source, Sent { track, stream });
    }
    Ok(added)
}

impl Task {
    /// Adds what is sent and has no track yet.
    pub(super) async fn complete(&mut self) -> Result<(), Error> {
        let there = self.outgoing.with(|tracks| tracks.clone());
        let added = add_tracks(&self.peer, &self.wanted, &there).await?;
        self.outgoing.with(|tracks| tracks.extend(added));
        Ok(())
    }

    pub(super) async fn set_track(&mut self, source: Source, stream: Option<StreamId>) {
        // The sound of a screen is not captured by this engine.
        if source == Source::ScreenAudio {
            return;
        }
        let before = match stream {
            Some(stream) => self.wanted.insert(source, stream),
            None => self.wanted.remove(&source),
        };
        self.outgoing.with(|tracks| {
            if let Some(sent) = tracks.get_mut(&source) {
                sent.stream = stream;
            }
        });
        if source != Source::Microphone {
            self.out.hub.set_video(self.options.link, source, stream);
        }
        if !self.negotiator.has_begun() {
            return;
        }
        let mut needs_offer = false;
        if source == Source::Screen
            && before.is_some() != stream.is_some()
            && let Some(track) = self.outgoing.track(source)
        {
            // Tells the other side that it ended, or goes on; its section stays for the next share.
            if let Err(error) = self.peer.set_sending(&track, stream.is_some()).await {
                return self.fail(&error).await;
            }
            needs_offer = true;
        }
        let tracks = self.outgoing.with(|tracks| tracks.len());
        if let Err(error) = self.complete().await {
            return self.fail(&error).await;
        }
        if needs_offer || self.outgoing.with(|all| all.len()) > tracks {
            self.feed(Event::NegotiationNeeded).await;
        }
    }

    async fn fail(&mut self, error: &Error) {
        self.feed(Event::Failed(of_tracks(error))).await;
    }

    pub(super) fn track_came(&mut self, track: RemoteTrack) {
        let mid = track.mid().to_owned();
        let kind = track.kind();
        let stream = self.out.hub.number();
        if kind == Kind::Audio && self.sections.source(&mid) != Some(Source::ScreenAudio) {
            // Set once: the first voice of a connection is the person's.
            let _ = self.voice.set((stream, track.sender_clock().clone()));
        }
        let pump = incoming::run(track, stream, self.voice.clone(), self.out.clone());
        let ended = mid.clone();
        self.pumps.spawn(async move {
            pump.await;
            ended
        });
        self.remotes.insert(mid, Remote { kind, stream });
        self.tell_tracks();
    }

    pub(super) async fn tell_problems(&mut self) {
        let mut problems = Vec::new();
        for (kind, problem) in [
            (Kind::Audio, LinkProblem::NoAudioCodec),
            (Kind::Video, LinkProblem::NoVideoCodec),
        ] {
            if self.peer.lacks_codec(kind).await {
                problems.push(problem);
            }
        }
        if problems != self.problems {
            self.problems.clone_from(&problems);
            (self.out.listener)(EngineEvent::Problems {
                link: self.options.link,
                problems,
            });
        }
    }

    pub(super) fn tell_tracks(&mut self) {
        let now: Vec<RemoteStream> = self
            .remotes
            .iter()
            .filter_map(|(mid, remote)| {
                let source = self.sections.source(mid)?;
                let fits = matches!(
                    (remote.kind, source),
                    (Kind::Audio, Source::Microphone | Source::ScreenAudio)
                        | (Kind::Video, Source::Camera | Source::Screen)
                );
                fits.then_some(RemoteStream {
                    source,
                    stream: remote.stream,
                })
            })
            .collect();
        if now != self.told {
            self.told.clone_from(&now);
            (self.out.listener)(EngineEvent::Tracks {
                link: self.options.link,
                tracks: now,
            });
        }
    }
}
