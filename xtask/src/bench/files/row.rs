//! A row of the table.

use super::{
    folders::Folders,
    measured::{Column, Measured},
};
use crate::failure::Failure;

/// Names of contestants.
pub(super) const OURS: &str = "Maru";
pub(super) const RAW: &str = "raw data channel";

/// Measures one run.
type Measure = Box<dyn Fn(&Folders) -> Result<Measured, Failure>>;

/// What is measured once in each round.
pub(super) struct Contestant {
    pub(super) name: &'static str,
    pub(super) measure: Measure,
}

impl Contestant {
    pub(super) fn new(
        name: &'static str,
        measure: impl Fn(&Folders) -> Result<Measured, Failure> + 'static,
    ) -> Self {
        Self {
            name,
            measure: Box::new(measure),
        }
    }
}

/// What the first contestant is to reach.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    AtLeast(Column, f64),
    AtMost(Column, f64),
    /// So many times the compared figure of this contestant.
    Times(f64, &'static str),
    /// So many times that of the slowest other one.
    TimesSlowest(f64),
}

/// What has to be built for a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    Examples,
    /// And Chromium.
    Browser,
    /// And the desktop app with its server.
    App,
}

/// Contestants that are compared.
pub(super) struct Row {
    /// On the command line.
    pub(super) name: &'static str,
    /// In the table.
    pub(super) title: &'static str,
    pub(super) needs: Needs,
    /// What ratios are of.
    pub(super) compared: Column,
    pub(super) goals: Vec<Goal>,
    /// Ours is the first.
    pub(super) contestants: Vec<Contestant>,
}
