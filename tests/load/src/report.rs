//! The table of results, and whether the targets are met.

use serde::Serialize;

/// One row: the same measurement of every contender, round by round.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Name of the measurement.
    pub name: String,
    /// Unit.
    pub unit: &'static str,
    /// Maru's target.
    pub target: Option<Target>,
    /// Values by contender, in the order of the columns, and by round.
    pub rounds: Vec<Vec<f64>>,
}

/// Maru's target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Target {
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
    /// At most this many times the bare echo.
    TimesEcho(f64),
}

/// Columns of every table; contenders have this order.
pub const MARU: usize = 0;
/// The column of the baseline.
pub const ECHO: usize = 1;

/// The median of `values`; for an even number, the mean of the middle two. NaN without values.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[odd / 2],
        even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
    }
}

impl Row {
    fn median(&self, contender: usize) -> f64 {
        self.rounds
            .get(contender)
            .map_or(f64::NAN, |values| median(values))
    }

    /// Maru relative to the echo: the median of the ratios of each round, because the load of a machine affects runs next
    /// to each other alike.
    fn times_echo(&self) -> f64 {
        let ratios: Vec<f64> = self.rounds[MARU]
            .iter()
            .zip(&self.rounds[ECHO])
            .map(|(maru, echo)| maru / echo)
            .collect();
        median(&ratios)
    }

    /// Whether Maru reaches the target; `None` without one.
    #[must_use]
    pub fn met(&self) -> Option<bool> {
        Some(match self.target? {
            Target::AtMost(most) => self.median(MARU) <= most,
            Target::AtLeast(least) => self.median(MARU) >= least,
            Target::TimesEcho(most) => self.times_echo() <= most,
        })
    }

    fn verdict(&self) -> String {
        let Some(met) = self.met() else {
            return String::new();
        };
        let wanted = match self.target {
            Some(Target::AtMost(most)) => format!("≤ {most} {}", self.unit),
            Some(Target::AtLeast(least)) => format!("≥ {least} {}", self.unit),
            Some(Target::TimesEcho(most)) => format!("≤ {most} × echo"),
            None => String::new(),
        };
        format!("{wanted}: {}", if met { "met" } else { "**MISSED**" })
    }
}

/// The table in Markdown, followed by one line for each missed target.
#[must_use]
pub fn table(contenders: &[&str], rows: &[Row]) -> String {
    let mut out = format!(
        "| | {} | Maru / echo | target |\n|---|",
        contenders.join(" | ")
    );
    out.push_str(&"--:|".repeat(contenders.len() + 1));
    out.push_str("---|\n");
    for row in rows {
        out.push_str(&format!("| {} ({}) |", row.name, row.unit));
        for contender in 0..contenders.len() {
            out.push_str(&match row.median(contender) {
                value if value.is_nan() => " – |".to_owned(),
                value if value.abs() >= 1000.0 => format!(" {value:.0} |"),
                value if value.abs() >= 100.0 => format!(" {value:.1} |"),
                value => format!(" {value:.2} |"),
            });
        }
        let ratio = row.times_echo();
        out.push_str(&if ratio.is_finite() {
            format!(" {ratio:.2} |")
        } else {
            " – |".to_owned()
        });
        out.push_str(&format!(" {} |\n", row.verdict()));
    }
    for row in rows.iter().filter(|row| row.met() == Some(false)) {
        out.push_str(&format!(
            "\nTARGET MISSED: {}: {:.2} {} ({:.2} × echo), wanted {}\n",
            row.name,
            row.median(MARU),
            row.unit,
            row.times_echo(),
            row.verdict().split(':').next().unwrap_or_default(),
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(target: Target, maru: &[f64], echo: &[f64]) -> Row {
        Row {
            name: "relay".into(),
            unit: "µs",
            target: Some(target),
            rounds: vec![maru.to_vec(), echo.to_vec()],
        }
    }

    #[test]
    fn medians() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_missed_target_is_reported() {
        let row = row(Target::TimesEcho(1.1), &[5.0, 5.0, 9.0], &[4.0, 4.0, 9.0]);
        assert_eq!(row.met(), Some(false));
        assert!(table(&["Maru", "echo"], &[row]).contains("TARGET MISSED: relay"));
    }

    #[test]
    fn a_met_target_is_not_reported() {
        let row = row(Target::AtMost(5.0), &[5.0], &[4.0]);
        assert_eq!(row.met(), Some(true));
        assert!(!table(&["Maru", "echo"], &[row]).contains("MISSED"));
    }
}
