//! How much of the playback buffer is filled: as much as is consumed at once, and more after an underrun.

use alsa::pcm::Frames;

/// Periods written ahead at first.
const INITIAL_PERIODS: Frames = 2;

/// Frames to be written at the start, in a buffer of `buffer` frames.
pub(super) fn initial(period: Frames, buffer: Frames) -> Frames {
    (INITIAL_PERIODS * period).min(buffer)
}

#[derive(Debug, Clone, Copy)]
pub(super) struct WriteAhead {
    target: Frames,
    period: Frames,
    buffer: Frames,
}

impl WriteAhead {
    pub(super) fn new(period: Frames, buffer: Frames) -> Self {
        Self {
            target: initial(period, buffer),
            period,
            buffer,
        }
    }

    pub(super) fn on_underrun(&mut self) {
        self.target = (self.target + self.period).min(self.buffer);
    }

    /// Frames to wait for until the next period is to be written; `None` when it is due.
    pub(super) fn wait(&self, queued: Frames) -> Option<Frames> {
        let wait = queued + self.period - self.target;
        (wait > 0).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_periods_are_written_ahead_and_more_after_underruns() {
        let mut write_ahead = WriteAhead::new(480, 3840);
        assert_eq!(write_ahead.wait(0), None);
        assert_eq!(write_ahead.wait(480), None);
        assert_eq!(write_ahead.wait(481), Some(1));
        assert_eq!(write_ahead.wait(960), Some(480));
        write_ahead.on_underrun();
        assert_eq!(write_ahead.wait(960), None);
        for _ in 0..100 {
            write_ahead.on_underrun();
        }
        assert_eq!(write_ahead.wait(3360), None, "the buffer's size at most");
        assert_eq!(write_ahead.wait(3361), Some(1));
    }
}
