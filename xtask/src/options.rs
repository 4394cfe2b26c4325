use std::collections::VecDeque;

use crate::failure::Failure;

/// The arguments that no method has taken yet.
#[derive(Debug)]
pub(crate) struct Options(VecDeque<String>);

impl Options {
    pub(crate) fn from_environment() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// Takes the first argument if it is not an option.
    pub(crate) fn word(&mut self) -> Option<String> {
        self.0
            .front()
            .is_some_and(|argument| !argument.starts_with('-'))
            .then(|| self.0.pop_front())
            .flatten()
    }

    /// Takes `name` if it is there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != name);
        self.0.len() != before
    }

    pub(crate) fn help(&self) -> bool {
        self.0
            .iter()
            .any(|argument| argument == "--help" || argument == "-h")
    }

    /// Takes `name value` or `name=value`.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>, Failure> {
        let prefix = format!("{name}=");
        if let Some(at) = self
            .0
            .iter()
            .position(|argument| argument.starts_with(&prefix))
        {
            return Ok(self
                .0
                .remove(at)
                .map(|argument| argument[prefix.len()..].to_owned()));
        }
        let Some(at) = self.0.iter().position(|argument| argument == name) else {
            return Ok(None);
        };
        self.0.remove(at);
        self.0
            .remove(at)
            .map(Some)
            .ok_or_else(|| Failure::Usage(format!("{name} needs a value")))
    }

    /// Takes `name` followed by a number.
    pub(crate) fn number<T: std::str::FromStr>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Failure> {
        self.value(name)?
            .map(|text| {
                text.parse()
                    .map_err(|_| Failure::Usage(format!("{name} {text}: not a number that fits")))
            })
            .transpose()
    }

    /// # Errors
    /// [`Failure::Usage`] if an argument is left.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self.0.front() {
            None => Ok(()),
            Some(argument) => Err(Failure::Usage(format!("unknown argument '{argument}'"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(arguments: &[&str]) -> Options {
        Options(
            arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect(),
        )
    }

    #[test]
    fn takes_words_flags_and_values() {
        let mut given = options(&["start", "--port", "7000", "--release"]);
        assert_eq!(given.word().as_deref(), Some("start"));
        assert_eq!(given.word(), None);
        assert!(given.flag("--release"));
        assert!(!given.flag("--release"));
        assert_eq!(given.number::<u16>("--port").unwrap(), Some(7000));
        given.finish().unwrap();
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(options(&["--port"]).number::<u16>("--port").is_err());
        assert!(options(&["--port=70000"]).number::<u16>("--port").is_err());
        assert!(options(&["--prot=1"]).finish().is_err());
    }
}
