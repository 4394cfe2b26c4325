//! What is measured.

use std::collections::BTreeMap;

/// What a figure is, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    MegabytesPerSecond,
    FilesPerSecond,
    /// Milliseconds from the acceptance until a byte of content is on the receiver's disk.
    FirstByte,
    /// Milliseconds from the click on "cancel" until the panel beside it shows that.
    CancelShown,
    /// Milliseconds from that click until neither side sends or writes anything of the transfer.
    CancelStopped,
    /// Milliseconds that the audio of a call waits in the queue: 95th percentile.
    Delay,
    /// Per cent of the path that content and audio use, without any headers.
    Used,
    /// Per cent of the audio of a call that was concealment, and not silence: beside a transfer, and before it.
    Concealed,
    ConcealedAlone,
    /// Seconds of processor time for a gigabyte, both ends.
    Processor,
    /// Megabytes of own memory at most.
    SenderMemory,
    ReceiverMemory,
}

impl Column {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::MegabytesPerSecond => "MB/s",
            Self::FilesPerSecond => "files/s",
            Self::FirstByte => "first byte ms",
            Self::CancelShown => "shown ms",
            Self::CancelStopped => "stopped ms",
            Self::Delay => "delay p95 ms",
            Self::Used => "used %",
            Self::Concealed => "concealed %",
            Self::ConcealedAlone => "alone %",
            Self::Processor => "CPU s/GB",
            Self::SenderMemory => "sender MB",
            Self::ReceiverMemory => "receiver MB",
        }
    }

    pub(super) fn digits(self) -> usize {
        match self {
            Self::Processor | Self::Concealed | Self::ConcealedAlone => 2,
            Self::MegabytesPerSecond => 1,
            _ => 0,
        }
    }
}

/// The figures of one run.
pub(super) type Measured = BTreeMap<Column, f64>;

/// The median of each figure; figures that one run does not have are left out.
pub(super) fn medians(runs: &[Measured]) -> Measured {
    let Some(first) = runs.first() else {
        return Measured::new();
    };
    first
        .keys()
        .filter_map(|column| {
            let values: Option<Vec<f64>> =
                runs.iter().map(|run| run.get(column).copied()).collect();
            Some((*column, median(values?)))
        })
        .collect()
}

/// The median over the rounds of how many times the figure of `of` is that of `to`.
pub(super) fn ratio(of: &[Measured], to: &[Measured], column: Column) -> Option<f64> {
    let ratios: Vec<f64> = of
        .iter()
        .zip(to)
        .filter_map(|(of, to)| Some(of.get(&column)? / to.get(&column)?))
        .collect();
    (!ratios.is_empty()).then(|| median(ratios))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (below, above) = ((values.len() - 1) / 2, values.len() / 2);
    f64::midpoint(values[below], values[above])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rate: f64) -> Measured {
        Measured::from([(Column::MegabytesPerSecond, rate)])
    }

    #[test]
    fn a_median_is_in_the_middle() {
        let of = |rates: &[f64]| {
            let runs: Vec<_> = rates.iter().copied().map(run).collect();
            medians(&runs)
        };
        assert_eq!(of(&[9.0, 1.0, 2.0]), run(2.0));
        assert_eq!(of(&[4.0, 1.0]), run(2.5));
        assert_eq!(of(&[]), Measured::new());
    }

    #[test]
    fn ratios_are_those_of_each_round() {
        let (of, to) = (
            [run(10.0), run(300.0), run(20.0)],
            [run(5.0), run(100.0), run(20.0)],
        );
        assert_eq!(ratio(&of, &to, Column::MegabytesPerSecond), Some(2.0));
        assert_eq!(ratio(&of, &to, Column::Delay), None);
    }
}
