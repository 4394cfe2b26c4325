//! STUN and TURN servers that are not used, to be named where no path is found: whoever hosts them can mend that.

use maru_peer::ServerError;

/// Named at most; the first ones.
const MOST: usize = 4;

#[derive(Debug, Default)]
pub(super) struct Unusable {
    servers: Vec<(String, ServerError)>,
}

impl Unusable {
    pub(super) fn note(&mut self, url: String, error: ServerError) {
        // From another interface it may be another reason; the newest counts.
        if let Some(known) = self.servers.iter_mut().find(|(known, _)| *known == url) {
            known.1 = error;
        } else if self.servers.len() < MOST {
            self.servers.push((url, error));
        }
    }

    /// Other servers are configured.
    pub(super) fn forget(&mut self) {
        self.servers.clear();
    }

    /// `detail` with the servers that did not help. Nothing is added where there is nothing to explain.
    pub(super) fn explain(&self, detail: &str) -> String {
        if detail.is_empty() || self.servers.is_empty() {
            return detail.to_owned();
        }
        let named = |(url, error): &(String, ServerError)| format!("{url} ({error})");
        let servers: Vec<_> = self.servers.iter().map(named).collect();
        format!("{detail}; not used: {}", servers.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_named_once_with_their_newest_reason_and_only_where_something_is_wrong() {
        let mut unusable = Unusable::default();
        assert_eq!(unusable.explain("no path"), "no path");
        unusable.note("turns:a".into(), ServerError::Name);
        unusable.note("turn:b?transport=tcp".into(), ServerError::NotTurn);
        unusable.note("turns:a".into(), ServerError::Closed);
        assert_eq!(unusable.explain(""), "");
        assert_eq!(
            unusable.explain("no path"),
            "no path; not used: turns:a (closed by the server), turn:b?transport=tcp (not a TURN server)"
        );
        for index in 0..100 {
            unusable.note(format!("turn:{index}"), ServerError::Url);
        }
        assert_eq!(unusable.servers.len(), MOST);
        unusable.forget();
        assert_eq!(unusable.explain("no path"), "no path");
    }
}
