//! Links that open outside the app.

use url::Url;

/// Limit of a link, in bytes.
const MAX_LENGTH: usize = 2048;

/// Why a link is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidLink {
    #[error("a link has at most {MAX_LENGTH} bytes")]
    TooLong,
    #[error("not a link")]
    NotAUrl,
    /// Links come from other participants' chat, and schemes like `file:`, `smb:` or `ms-msdt:` can start programs.
    #[error("only http:// and https:// links are opened")]
    Scheme,
}

/// Parses a link and refuses all but web links.
pub(crate) fn check(text: &str) -> Result<Url, InvalidLink> {
    if text.len() > MAX_LENGTH {
        return Err(InvalidLink::TooLong);
    }
    let url = Url::parse(text).map_err(|_| InvalidLink::NotAUrl)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(InvalidLink::Scheme);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_links_open() {
        for text in [
            "https://example.org/a?b#c",
            "http://localhost:7880/r/daily",
            "https://example.org/우리집",
        ] {
            assert!(check(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn nothing_else_opens() {
        for text in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "smb://host/share",
            "ms-msdt:/id",
            "data:text/html,x",
            " vscode://x",
            "tauri://localhost",
        ] {
            assert_eq!(check(text), Err(InvalidLink::Scheme), "{text}");
        }
        assert_eq!(check("example.org"), Err(InvalidLink::NotAUrl));
        assert_eq!(check("--help"), Err(InvalidLink::NotAUrl));
        let long = format!("https://example.org/{}", "a".repeat(MAX_LENGTH));
        assert_eq!(check(&long), Err(InvalidLink::TooLong));
    }
}
