use std::{fmt, process::ExitCode};

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line is invalid.
    Usage(String),
    /// A requirement that this program cannot provide; the text says what to do.
    Needs(String),
    /// A step ran and failed.
    Step(String),
    /// Steps failed, and the report has been printed.
    Reported,
    /// Ctrl-C or a termination signal.
    Interrupted,
}

impl Failure {
    /// 2 for a wrong command line, 3 for something missing, 130 when interrupted, 1 for the rest.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::Needs(_) => 3,
            Self::Step(_) | Self::Reported => 1,
            Self::Interrupted => 130,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => write!(f, "{text}; try cargo xtask --help"),
            Self::Needs(text) | Self::Step(text) => f.write_str(text),
            Self::Reported => Ok(()),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}
