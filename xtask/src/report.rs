use std::time::{Duration, Instant};

use crate::failure::Failure;

/// What happened to the steps of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<(String, Outcome, Duration)>,
    keep_going: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    NotRun,
}

impl Report {
    /// Unless told to `keep_going`, the first failure keeps the steps after it from running.
    pub(crate) fn new(keep_going: bool) -> Self {
        Self {
            lines: Vec::new(),
            keep_going,
        }
    }

    /// Runs one step.
    ///
    /// # Errors
    /// Only [`Failure::Interrupted`]; every other failure is recorded.
    pub(crate) fn step(
        &mut self,
        name: &str,
        step: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if self.failed() > 0 && !self.keep_going {
            self.lines
                .push((name.to_owned(), Outcome::NotRun, Duration::ZERO));
            return Ok(());
        }
        eprintln!("\n\x1b[1m== {name}\x1b[0m");
        let start = Instant::now();
        let outcome = match step() {
            Ok(()) => Outcome::Passed,
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
            Err(failure) => {
                eprintln!("\x1b[31m{failure}\x1b[0m");
                Outcome::Failed
            }
        };
        self.lines.push((name.to_owned(), outcome, start.elapsed()));
        Ok(())
    }

    fn count(&self, wanted: Outcome) -> usize {
        self.lines
            .iter()
            .filter(|(_, outcome, _)| *outcome == wanted)
            .count()
    }

    fn failed(&self) -> usize {
        self.count(Outcome::Failed)
    }

    /// Prints the steps with their times; the last line counts them.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let width = self
            .lines
            .iter()
            .map(|(name, ..)| name.len())
            .max()
            .unwrap_or(0);
        println!("\nSteps of the suite:");
        for (name, outcome, time) in &self.lines {
            let outcome = match outcome {
                Outcome::Passed => "passed",
                Outcome::Failed => "FAILED",
                Outcome::NotRun => "not run",
            };
            println!(
                "  {name:<width$}  {outcome:<7}  {:>7.1} s",
                time.as_secs_f64()
            );
        }
        let total: Duration = self.lines.iter().map(|(.., time)| *time).sum();
        let not_run = self.count(Outcome::NotRun);
        println!(
            "  {:<width$}  {:<7}  {:>7.1} s",
            "all",
            "",
            total.as_secs_f64()
        );
        if not_run > 0 {
            println!(
                "{not_run} not run, because of the failure before them (--keep-going runs them)"
            );
        }
        println!(
            "{} passed, {} failed",
            self.count(Outcome::Passed),
            self.failed()
        );
        if self.failed() == 0 {
            Ok(())
        } else {
            Err(Failure::Reported)
        }
    }
}
