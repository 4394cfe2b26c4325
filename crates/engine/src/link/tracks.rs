//! Which track of ours has which section, and which of theirs the page hears of.

use maru_peer::{Error, Kind, RemoteTrack};
use maru_protocol::Source;

use super::incoming;
use super::outgoing::Sent;
use super::task::{Remote, Task};
use crate::{EngineEvent, LinkProblem, RemoteStream, StreamId};

impl Task {
    /// Voice and camera have their sections from the first description on (decision 0005), a screen from the
    /// first time it is shared.
    pub(super) async fn complete(&mut self) -> Result<(), Error> {
        for source in [Source::Microphone, Source::Camera, Source::Screen] {
            let stream = self.wanted.get(&source).copied();
            let there = self.outgoing.with(|tracks| tracks.contains_key(&source));
            if there || (source == Source::Screen && stream.is_none()) {
                continue;
            }
            let track = match source {
                Source::Microphone | Source::ScreenAudio => {
                    self.peer.add_track(Kind::Audio).await?
                }
                Source::Camera => self.peer.add_track(Kind::Video).await?,
                Source::Screen => self.peer.add_send_only_track(Kind::Video).await?,
            };
            self.unsaid = true;
            self.outgoing
                .with(|tracks| tracks.insert(source, Sent { track, stream }));
        }
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
        if !self.begun {
            return;
        }
        if source == Source::Screen
            && before.is_some() != stream.is_some()
            && let Some(track) = self.outgoing.track(source)
        {
            // Tells the other side that it ended, or goes on; its section stays for the next share.
            if let Err(error) = self.peer.set_sending(&track, stream.is_some()).await {
                return self.broken("tracks", &error);
            }
            self.unsaid = true;
        }
        if let Err(error) = self.complete().await {
            return self.broken("tracks", &error);
        }
        self.negotiate().await;
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
