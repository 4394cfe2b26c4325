//! How much may be in flight to a partner whose socket has a receive buffer of 64 KiB, as those of browsers have
//! (docs/decisions/0059-small-sockets.md).

use std::time::Duration;

use super::Connection;

/// What may be in flight where nothing spreads it. A message may exceed it, and the kernel counts more than the bytes of a
/// packet.
const NEAR: usize = 48 << 10;
/// A round trip up to this is that of threads which wake up, and of a local network.
const SHORT: Duration = Duration::from_millis(2);
/// What a browser reads, in bytes per second.
const READ_RATE: f64 = 50e6;

/// Bytes that may be in flight. `None` as the round trip: it is not known.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive; a cast saturates"
)]
fn max_in_flight(round_trip: Option<Duration>) -> usize {
    let usual = maru_peer::Config::default().send_buffer;
    let Some(round_trip) = round_trip else {
        return usual;
    };
    let on_the_way = round_trip.saturating_sub(SHORT).as_secs_f64() * READ_RATE;
    usual.min(NEAR.saturating_add(on_the_way as usize))
}

impl Connection {
    /// To be called when the partner says whether its socket is small, and when the path changes.
    pub(super) async fn limit_in_flight(&self) {
        let max = if self.has_small_socket {
            max_in_flight(self.peer.stats().await.path.round_trip)
        } else {
            maru_peer::Config::default().send_buffer
        };
        self.peer.set_send_buffer(max).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn max_at(microseconds: u64) -> usize {
        max_in_flight(Some(Duration::from_micros(microseconds)))
    }

    #[test]
    fn near_little_more_than_a_message_is_in_flight_and_far_no_less_than_usual() {
        assert_eq!([0, 300, 2_000].map(max_at), [48 << 10; 3]);
        assert_eq!(max_at(12_000), (48 << 10) + 500_000);
        let usual = maru_peer::Config::default().send_buffer;
        assert_eq!([23_000, 600_000_000_000].map(max_at), [usual; 2]);
        assert_eq!(max_in_flight(None), usual);
    }
}
