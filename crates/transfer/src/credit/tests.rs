use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

const fn totals(bytes: u64, messages: u64) -> Totals {
    Totals { bytes, messages }
}

#[derive(Debug, Clone)]
enum Step {
    Send,
    Arrive,
    Write,
    Credit,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Send),
        Just(Step::Arrive),
        Just(Step::Write),
        Just(Step::Credit)
    ]
}

/// The two sides, and messages on their way.
struct Pair {
    sender: SendCredit,
    receiver: ReceiveCredit,
    sizes: VecDeque<u64>,
    bulk: VecDeque<u64>,
    credits: VecDeque<Totals>,
    unwritten: VecDeque<u64>,
    now: Time,
}

impl Pair {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Send => {
                let may = self.sender.next_message();
                if let (Some(size), Some(may)) = (self.sizes.front().copied(), may)
                    && size <= may
                {
                    self.sizes.pop_front();
                    self.sender.on_sent(size);
                    self.bulk.push_back(size);
                }
            }
            Step::Arrive => {
                if let Some(size) = self.bulk.pop_front() {
                    self.receiver.on_arrived(size, self.now).unwrap();
                    self.unwritten.push_back(size);
                }
            }
            Step::Write => {
                if let Some(size) = self.unwritten.pop_front() {
                    self.receiver.on_written(size);
                }
                let credit = self.receiver.poll_credit(self.now);
                self.credits.extend(credit.map(|credit| credit.permitted));
            }
            Step::Credit => {
                if let Some(credit) = self.credits.pop_front() {
                    self.sender.on_credit(credit);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_exceeds_the_window_and_everything_is_sent_in_the_end(
        window in (100..400_u64, 1..20_u64),
        sizes in prop::collection::vec(0..=100_u64, 0..80),
        steps in prop::collection::vec(step(), 0..300),
    ) {
        let window = Totals { bytes: window.0, messages: window.1 };
        let count = sizes.len() as u64;
        let mut pair = Pair {
            sender: SendCredit::default(),
            receiver: ReceiveCredit::new(window),
            sizes: sizes.into(),
            bulk: VecDeque::new(),
            credits: VecDeque::new(),
            unwritten: VecDeque::new(),
            now: Time::default(),
        };
        for step in &steps {
            pair.take(step);
            prop_assert!(pair.receiver.in_memory().within(window));
        }
        for _ in 0..=2 * count {
            pair.now += MAX_INTERVAL;
            for step in [Step::Write, Step::Credit, Step::Send, Step::Arrive] {
                pair.take(&step);
            }
        }
        prop_assert_eq!(pair.sizes.len(), 0, "stuck");
        prop_assert_eq!(pair.sender.sent().messages, count);
    }
}

#[test]
fn a_sender_that_exceeds_the_credit_is_noticed() {
    let window = totals(10, 2);
    let mut receiver = ReceiveCredit::new(window);
    let now = Time::default();
    let too_early = receiver.on_arrived(0, now);
    assert_eq!(too_early, Err(Exceeded), "nothing is permitted yet");
    let first = Credit {
        permitted: window,
        arrived: 0,
    };
    assert_eq!(receiver.poll_credit(now), Some(first));
    assert_eq!(receiver.poll_credit(now), None, "only once");
    assert_eq!(receiver.on_arrived(11, now), Err(Exceeded));
    assert_eq!(receiver.on_arrived(u64::MAX, now), Err(Exceeded));
    receiver.on_arrived(0, now).unwrap();
    receiver.on_arrived(10, now).unwrap();
    assert_eq!(
        receiver.on_arrived(0, now),
        Err(Exceeded),
        "a third message"
    );
}

#[test]
fn an_old_credit_takes_nothing_back() {
    let mut sender = SendCredit::default();
    assert_eq!(sender.next_message(), None);
    sender.on_credit(totals(100, 2));
    sender.on_credit(totals(50, 1));
    assert_eq!(sender.next_message(), Some(100));
    sender.on_sent(60);
    assert_eq!(sender.next_message(), Some(40));
    sender.on_sent(40);
    assert_eq!(sender.next_message(), None);
}

#[test]
fn credits_are_few() {
    let window = totals(1000, 1000);
    let mut receiver = ReceiveCredit::new(window);
    let now = Time::default();
    receiver.poll_credit(now);
    let mut credits = 0;
    // One message stays behind, as with a disk that is slower than the network.
    receiver.on_arrived(10, now).unwrap();
    for _ in 0..90 {
        receiver.on_arrived(10, now).unwrap();
        receiver.on_written(10);
        credits += usize::from(receiver.poll_credit(now).is_some());
    }
    assert_eq!(credits, 3);
}

#[test]
fn credits_are_few_also_if_each_message_is_written_at_once() {
    let window = totals(1000, 1000);
    let mut receiver = ReceiveCredit::new(window);
    let mut now = Time::default();
    receiver.poll_credit(now);
    let mut credits = 0;
    for _ in 0..100 {
        now += Duration::from_millis(1);
        receiver.on_arrived(1, now).unwrap();
        receiver.on_written(1);
        credits += usize::from(receiver.poll_credit(now).is_some());
    }
    assert_eq!(credits, 20);
    // The last one is permitted too, without another message.
    receiver.on_arrived(1, now).unwrap();
    receiver.on_written(1);
    let at = receiver.poll_timeout().unwrap();
    assert_eq!(receiver.poll_credit(at).unwrap().permitted.bytes, 1101);
    assert_eq!(receiver.poll_timeout(), None);
}

#[test]
fn what_arrived_is_reported_soon_even_if_nothing_is_written() {
    let window = totals(1000, 1000);
    let mut receiver = ReceiveCredit::new(window);
    let start = Time::default();
    receiver.poll_credit(start);
    assert_eq!(receiver.poll_timeout(), None, "nothing arrived");
    receiver.on_arrived(10, start).unwrap();
    let later = start + Duration::from_millis(20);
    receiver.on_arrived(20, later).unwrap();
    let due = start + MAX_INTERVAL;
    assert!(
        MAX_INTERVAL <= Duration::from_millis(50),
        "docs/transfer.md"
    );
    assert_eq!(receiver.poll_timeout(), Some(due));
    assert_eq!(receiver.poll_credit(later), None);
    let report = Credit {
        permitted: window,
        arrived: 30,
    };
    assert_eq!(receiver.poll_credit(due), Some(report));
    assert_eq!(receiver.poll_timeout(), None);
}
