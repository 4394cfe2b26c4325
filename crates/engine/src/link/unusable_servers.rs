//! STUN and TURN servers that could not be used. Named when no path is found, so that their operator can fix them.

use maru_peer::ServerError;

/// Most servers that are named: the first ones.
const MAX_SERVERS: usize = 4;

#[derive(Debug, Default)]
pub(super) struct UnusableServers {
    servers: Vec<(String, ServerError)>,
}

impl UnusableServers {
    pub(super) fn add(&mut self, url: String, error: ServerError) {
        // Each local address may fail for another reason; the newest counts.
        if let Some(known) = self.servers.iter_mut().find(|(known, _)| *known == url) {
            known.1 = error;
        } else if self.servers.len() < MAX_SERVERS {
            self.servers.push((url, error));
        }
    }

    /// The configured servers changed.
    pub(super) fn clear(&mut self) {
        self.servers.clear();
    }

    /// `detail` with the servers that could not be used; unchanged if it is empty.
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
    fn servers_are_named_once_with_their_newest_error_and_only_with_a_detail() {
        let mut unusable = UnusableServers::default();
        assert_eq!(unusable.explain("no path"), "no path");
        unusable.add("turns:a".into(), ServerError::Name);
        unusable.add("turn:b?transport=tcp".into(), ServerError::NotTurn);
        unusable.add("turns:a".into(), ServerError::Closed);
        assert_eq!(unusable.explain(""), "");
        assert_eq!(
            unusable.explain("no path"),
            "no path; not used: turns:a (closed by the server), turn:b?transport=tcp (not a TURN server)"
        );
        for index in 0..100 {
            unusable.add(format!("turn:{index}"), ServerError::Url);
        }
        assert_eq!(unusable.servers.len(), MAX_SERVERS);
        unusable.clear();
        assert_eq!(unusable.explain("no path"), "no path");
    }
}
