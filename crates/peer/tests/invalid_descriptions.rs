//! A description that is refused changes nothing: the connection works, and the next exchange adds what the failed one
//! would have added.
#![allow(clippy::unwrap_used)]

mod support;

use std::ops::ControlFlow;

use maru_peer::{Channel, Config, Error, Event, Events, Kind, Message, Peer, RemoteTrack};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use support::{channel, data_only, frame, loopback, soon, write};

/// Descriptions that are tried, of each type.
const CASES: usize = 50;
/// Refused descriptions after which a new pair of peers is used: each adds a media section.
const MAX_REFUSED: usize = 12;

/// How a description is corrupted. Indices are taken modulo the number of lines, of media sections or of characters.
#[derive(Debug, Clone)]
enum Corruption {
    RemoveLine(usize),
    RepeatLine(usize),
    SwapLines(usize, usize),
    CutLine(usize, usize),
    ReplaceCharacter(usize, char),
    RemoveSection(usize),
    RepeatSection(usize),
    Cut(usize),
}

fn corruption() -> impl Strategy<Value = Corruption> {
    let index = || 0..10_000usize;
    prop_oneof![
        index().prop_map(Corruption::RemoveLine),
        index().prop_map(Corruption::RepeatLine),
        (index(), index()).prop_map(|(one, other)| Corruption::SwapLines(one, other)),
        (index(), index()).prop_map(|(line, at)| Corruption::CutLine(line, at)),
        (index(), any::<char>())
            .prop_map(|(at, character)| Corruption::ReplaceCharacter(at, character)),
        index().prop_map(Corruption::RemoveSection),
        index().prop_map(Corruption::RepeatSection),
        index().prop_map(Corruption::Cut),
    ]
}

fn apply(corruption: &Corruption, sdp: &str) -> String {
    let mut lines: Vec<String> = sdp.lines().map(str::to_owned).collect();
    let starts: Vec<usize> = (0..lines.len())
        .filter(|index| lines[*index].starts_with("m="))
        .collect();
    let section = |index: usize| {
        let index = index % starts.len();
        let end = starts.get(index + 1).copied().unwrap_or(lines.len());
        starts[index]..end
    };
    let count = lines.len();
    match *corruption {
        Corruption::RemoveLine(index) => {
            lines.remove(index % count);
        }
        Corruption::RepeatLine(index) => {
            let line = lines[index % count].clone();
            lines.insert(index % count, line);
        }
        Corruption::SwapLines(one, other) => lines.swap(one % count, other % count),
        Corruption::CutLine(index, at) => {
            let line = &mut lines[index % count];
            let at = at % (line.len() + 1);
            line.truncate(at);
        }
        Corruption::ReplaceCharacter(at, character) => {
            let mut characters: Vec<char> = sdp.chars().collect();
            let at = at % characters.len();
            characters[at] = character;
            return characters.into_iter().collect();
        }
        Corruption::RemoveSection(index) => {
            lines.drain(section(index));
        }
        Corruption::RepeatSection(index) => {
            let repeated = lines[section(index)].to_vec();
            lines.extend(repeated);
        }
        Corruption::Cut(at) => return sdp[..at % sdp.len()].to_owned(),
    }
    lines.iter().map(|line| format!("{line}\r\n")).collect()
}

#[derive(Debug, Clone, Copy)]
enum SdpType {
    Offer,
    Answer,
}

/// Two connected peers, the first of which offers.
struct Pair {
    one: Peer,
    two: Peer,
    /// A peer is closed when its events are dropped.
    _events_of_one: Events,
    events_of_two: Events,
    ours: Channel,
    theirs: Channel,
    messages: usize,
    media: bool,
}

impl Pair {
    async fn connected(config: Config) -> Self {
        let media = config.media;
        let (one, mut events_of_one) = Peer::new(config.clone()).await.unwrap();
        let (two, mut events_of_two) = Peer::new(config).await.unwrap();
        if media {
            for kind in [Kind::Audio, Kind::Video] {
                one.add_track(kind).await.unwrap();
                two.add_track(kind).await.unwrap();
            }
        }
        let ours = one.create_channel(channel("maru")).await.unwrap();
        exchange(&one, &two).await;
        let theirs = soon("the channel", async {
            loop {
                let arrived = tokio::select! {
                    event = events_of_one.next() => relay(&two, event).await,
                    event = events_of_two.next() => relay(&one, event).await,
                };
                if let ControlFlow::Break(Arrived::Channel(channel)) = arrived {
                    return channel;
                }
            }
        })
        .await;
        soon("our channel", ours.opened()).await.unwrap();
        Self {
            one,
            two,
            _events_of_one: events_of_one,
            events_of_two,
            ours,
            theirs,
            messages: 0,
            media,
        }
    }

    /// The connection carries a message, and another exchange adds a media section or, without media, a channel.
    async fn works(&mut self, after: &str) {
        self.messages += 1;
        let message = Message::Text(format!("message {}", self.messages));
        self.ours.send(message.clone()).await.unwrap();
        assert_eq!(
            soon(&format!("a message after {after}"), self.theirs.recv()).await,
            Some(message)
        );
        if !self.media {
            let added = self.one.create_channel(channel("added")).await.unwrap();
            exchange(&self.one, &self.two).await;
            soon(&format!("a channel after {after}"), added.opened())
                .await
                .unwrap();
            return;
        }
        let track = self.one.add_send_only_track(Kind::Video).await.unwrap();
        exchange(&self.one, &self.two).await;
        write(&track, frame(0, true, 500), 0).await;
        let mut arrived = soon(&format!("a track after {after}"), async {
            loop {
                let event = self.events_of_two.next().await;
                if let ControlFlow::Break(Arrived::Track(track)) = relay(&self.one, event).await {
                    return track;
                }
            }
        })
        .await;
        assert_eq!(Some(arrived.mid().to_owned()), track.mid());
        soon(&format!("a frame after {after}"), arrived.recv())
            .await
            .unwrap();
    }
}

enum Arrived {
    Channel(Channel),
    Track(RemoteTrack),
}

/// Passes a candidate on to `peer`.
async fn relay(peer: &Peer, event: Option<Event>) -> ControlFlow<Arrived> {
    match event.unwrap() {
        Event::Candidate(candidate) => peer.add_candidate(candidate).await.unwrap(),
        Event::Channel(channel) => return ControlFlow::Break(Arrived::Channel(channel)),
        Event::Track(track) => return ControlFlow::Break(Arrived::Track(track)),
        _ => {}
    }
    ControlFlow::Continue(())
}

async fn exchange(one: &Peer, two: &Peer) {
    let offer = one.create_offer(false).await.unwrap();
    let answer = two.apply_offer(&offer).await.unwrap();
    one.apply_answer(&answer).await.unwrap();
}

/// Tries corrupted descriptions of one type, each on a pair that works.
async fn try_corrupted(sdp_type: SdpType, config: Config) {
    let mut runner = TestRunner::deterministic();
    let mut pair = Pair::connected(config.clone()).await;
    let mut refused = 0;
    for _ in 0..CASES {
        let corruption = corruption().new_tree(&mut runner).unwrap().current();
        let offer = pair.one.create_offer(false).await.unwrap();
        let applied = match sdp_type {
            SdpType::Offer => {
                let offer = apply(&corruption, &offer);
                pair.two.apply_offer(&offer).await.map(|_| ())
            }
            SdpType::Answer => {
                let answer = pair.two.apply_offer(&offer).await.unwrap();
                pair.one.apply_answer(&apply(&corruption, &answer)).await
            }
        };
        if let Err(error) = applied {
            let context = format!("{corruption:?}: {error}");
            let rolled_back = pair.one.roll_back().await;
            assert_eq!(rolled_back, Ok(()), "after {context}");
            pair.works(&context).await;
            refused += 1;
            if refused % MAX_REFUSED != 0 {
                continue;
            }
        }
        // What was applied was another valid description: this connection may have changed.
        pair = Pair::connected(config.clone()).await;
    }
    assert!(refused > CASES / 4, "{refused}");
}

#[tokio::test]
async fn a_refused_offer_changes_nothing() {
    try_corrupted(SdpType::Offer, loopback()).await;
}

#[tokio::test]
async fn a_refused_answer_changes_nothing() {
    try_corrupted(SdpType::Answer, loopback()).await;
}

#[tokio::test]
async fn a_refused_offer_without_media_changes_nothing() {
    try_corrupted(SdpType::Offer, data_only()).await;
}

#[tokio::test]
async fn a_refused_answer_without_media_changes_nothing() {
    try_corrupted(SdpType::Answer, data_only()).await;
}

/// The answer is valid, and the stack needs `a=ssrc` in it once there are two local tracks.
#[tokio::test]
async fn another_offer_can_follow_an_answer_that_the_stack_failed_to_apply() {
    let (one, _events_of_one) = Peer::new(loopback()).await.unwrap();
    let (two, _events_of_two) = Peer::new(loopback()).await.unwrap();
    one.add_track(Kind::Audio).await.unwrap();
    two.add_track(Kind::Audio).await.unwrap();
    let offer = one.create_offer(false).await.unwrap();
    let answer = two.apply_offer(&offer).await.unwrap();
    let without_ssrc: String = answer
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("a=ssrc"))
        .collect();
    one.add_track(Kind::Video).await.unwrap();
    let failed = one.apply_answer(&without_ssrc).await;
    assert!(matches!(failed, Err(Error::Description(_))), "{failed:?}");
    exchange(&one, &two).await;
}
