//! When something begins to be heard: what lip sync is measured by from outside.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Loud, of full scale: −34 dBFS.
const LOUD: f32 = 0.02;
/// Quiet: −50 dBFS.
const QUIET: f32 = 0.003;
/// So long it has to be quiet before something can begin.
const PAUSE: Duration = Duration::from_millis(150);

/// Whose sound it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// The loudspeaker's.
    Heard,
    /// The microphone's.
    Said,
}

/// Writes a line for each onset: `heard` or `said`, and milliseconds since 1970, with three digits.
#[derive(Debug)]
pub(crate) struct Onsets {
    file: File,
    /// Samples of each since the last one that was not quiet.
    quiet: [u32; 2],
}

impl Onsets {
    /// # Errors
    ///
    /// When the file cannot be made.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::create(path)?,
            quiet: [0; 2],
        })
    }

    /// Takes what is heard or said from `at` on.
    pub(crate) fn note(
        &mut self,
        from: From,
        at: SystemTime,
        rate: u32,
        samples: impl IntoIterator<Item = f32>,
    ) {
        let pause = rate / 1_000 * u32::try_from(PAUSE.as_millis()).unwrap_or(u32::MAX);
        let (word, quiet) = match from {
            From::Heard => ("heard", &mut self.quiet[0]),
            From::Said => ("said", &mut self.quiet[1]),
        };
        for (sample, index) in samples.into_iter().zip(0u32..) {
            let loudness = sample.abs();
            if loudness < QUIET {
                *quiet = quiet.saturating_add(1);
                continue;
            }
            if loudness >= LOUD {
                if *quiet >= pause {
                    let time = at + Duration::from_secs(1) * index / rate.max(1);
                    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
                    // A full disk costs a line of a measurement, not the sound.
                    let _ = writeln!(self.file, "{word} {:.3}", since.as_secs_f64() * 1_000.0);
                }
                *quiet = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_beginning_is_told_once_to_the_sample() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("onsets");
        let mut onsets = Onsets::create(&path).expect("a file");
        let start = UNIX_EPOCH + Duration::from_secs(1_000);
        let mut sound = vec![0.001; 48_000];
        for beep in [12_000, 16_000, 36_000] {
            sound[beep..beep + 2_400].fill(0.5);
        }
        for (index, block) in (0u32..).zip(sound.chunks(480)) {
            let at = start + Duration::from_millis(10) * index;
            onsets.note(From::Heard, at, 48_000, block.iter().copied());
            onsets.note(From::Said, at, 48_000, block.iter().map(|_| 0.0));
        }
        // The second comes too soon after the first to be a beginning.
        let told = std::fs::read_to_string(&path).expect("what was told");
        assert_eq!(told, "heard 1000250.000\nheard 1000750.000\n");
    }
}
