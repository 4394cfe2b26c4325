//! Stripes, between transfers and a participant whose messages are those of the test: where they are made, and when none is.
//! Linux only, where all of 127.0.0.0/8 are addresses of the machine.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests")]

mod partner;
mod path;
mod person;
mod sdp;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use maru_peer::Peer;
use partner::{Partner, data_only, negotiated};
use person::Person;
use sdp::{address, candidates, session};
use serde_json::{Value, json};

/// More than a stripe's share of what waits: the channels are full as long as the partner reads slowly.
const BYTES: usize = 64 << 20;

fn addresses() -> [IpAddr; 2] {
    [1, 2].map(|last| Ipv4Addr::new(127, 0, 0, last).into())
}

/// Begins to send a file to a partner that wants all of it.
async fn start_transfer(person: &Person, partner: &mut Partner) {
    person.offer(BYTES);
    let id = partner.expect("offer").await["id"].clone();
    partner
        .send(&json!({ "type": "accept", "id": id, "secret": "2a".repeat(32) }))
        .await;
    partner
        .send(&json!({ "type": "want", "id": id, "entry": 0, "count": null }))
        .await;
    partner.grant_credit().await;
}

/// A description of a stripe that is made nowhere: of another session each time.
struct Offers {
    sdp: String,
    count: u32,
}

impl Offers {
    async fn new() -> Self {
        let (peer, _events) = Peer::new(data_only()).await.unwrap();
        let channel = peer.create_channel(negotiated("bulk", 1)).await.unwrap();
        let sdp = peer.create_offer(false).await.unwrap();
        channel.close();
        peer.close().await;
        Self { sdp, count: 0 }
    }

    fn next(&mut self) -> String {
        self.count += 1;
        let lines = self.sdp.split_inclusive('\n').map(|line| {
            if line.starts_with("o=") {
                format!("o=- {} 0 IN IP4 0.0.0.0\r\n", self.count)
            } else {
                line.to_owned()
            }
        });
        lines.collect()
    }
}

/// Those that the person's side offers, and those that the partner offers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripes_are_only_made_at_the_address_that_the_first_connection_uses() {
    for used in addresses() {
        let mut person = Person::new(&addresses(), 16);
        // Each way, so that stripes may help.
        let mut partner = Partner::connect(&mut person, used, Duration::from_millis(5)).await;
        assert_eq!(
            partner.candidates,
            BTreeSet::from(addresses()),
            "the first connection looks for a path everywhere"
        );
        start_transfer(&person, &mut partner).await;
        let offered_by_partner = 15;
        let mut offers = Offers::new().await;
        partner
            .send_description(offered_by_partner, "offer", &offers.next())
            .await;
        let mut found: BTreeMap<u64, BTreeSet<IpAddr>> = BTreeMap::new();
        let mut complete = BTreeSet::new();
        // The person's side adds three at first.
        while complete.len() < 4 {
            let stripe = partner.expect("stripe").await;
            let index = stripe["index"].as_u64().unwrap();
            let of_stripe = found.entry(index).or_default();
            match stripe.get("candidate") {
                None => of_stripe.extend(candidates(&stripe["description"])),
                Some(Value::Null) => {
                    complete.insert(index);
                }
                Some(candidate) => {
                    of_stripe.insert(address(candidate["candidate"].as_str().unwrap()));
                }
            }
        }
        assert!(complete.contains(&u64::from(offered_by_partner)));
        for index in complete {
            assert_eq!(found[&index], BTreeSet::from([used]), "stripe {index}");
        }
        person.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_transfer_no_stripe_is_made() {
    let [used, _] = addresses();
    let mut person = Person::new(&[used], 1);
    let mut partner = Partner::connect(&mut person, used, Duration::ZERO).await;
    let mut offers = Offers::new().await;
    for index in 1..=4 {
        partner
            .send_description(index, "offer", &offers.next())
            .await;
    }
    person.offer(BYTES);
    let id = partner.expect("offer").await["id"].clone();
    // It is not accepted yet.
    for index in 5..=8 {
        partner
            .send_description(index, "offer", &offers.next())
            .await;
    }
    partner
        .send(&json!({ "type": "accept", "id": id, "secret": "2a".repeat(32) }))
        .await;
    // Of no offer.
    partner.send_description(9, "answer", &offers.next()).await;
    partner
        .send(&json!({ "type": "stripe", "index": 10, "candidate": null }))
        .await;
    // The others would have been made before. The second, to give them time.
    for index in [11, 12] {
        partner
            .send_description(index, "offer", &offers.next())
            .await;
        loop {
            let stripe = partner.expect("stripe").await;
            let of = stripe["index"].as_u64().unwrap();
            assert!(of == 11 || of == 12, "a stripe was made for nothing: {of}");
            if of == u64::from(index) && stripe.get("description").is_some() {
                break;
            }
        }
    }
    person.stop().await;
}

/// Another session with the same index ends the stripe, and a further one makes it again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_stripes_is_limited() {
    let [used, _] = addresses();
    let mut person = Person::new(&[used], 1);
    let mut partner = Partner::connect(&mut person, used, Duration::ZERO).await;
    start_transfer(&person, &mut partner).await;
    let mut offers = Offers::new().await;
    let start = Instant::now();
    // A stripe may send more than one description, of one session.
    let mut made = BTreeSet::new();
    while start.elapsed() < Duration::from_secs(6) {
        for index in 1..=15 {
            partner
                .send_description(index, "offer", &offers.next())
                .await;
        }
        let patience = Duration::from_millis(200);
        while let Ok(stripe) = tokio::time::timeout(patience, partner.expect("stripe")).await {
            if let Some(sdp) = stripe["description"]["sdp"].as_str() {
                made.insert(session(sdp));
            }
        }
    }
    let made = made.len() as u64;
    assert!(made >= 15, "all of the first ones are made: {made}");
    // As `StripeLimit` permits.
    let max = 30 + start.elapsed().as_secs() / 2 + 1;
    assert!(made <= max, "{made}");
    person.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_stripes_of_a_transfer_are_made_and_those_of_the_next_connection() {
    let [used, _] = addresses();
    let mut person = Person::new(&[used], 1);
    for _ in 0..2 {
        let mut partner = Partner::connect(&mut person, used, Duration::ZERO).await;
        start_transfer(&person, &mut partner).await;
        let mut stripes = Vec::new();
        for index in 1..=15 {
            stripes.push(partner.open_stripe(index).await);
        }
        for stripe in &mut stripes {
            stripe.expect_open().await;
        }
        partner.close().await;
    }
    person.stop().await;
}
