//! The web client inside the binary.

use std::fmt::Write;

/// A file of the web client as built in: `br` and `gzip` are empty where compressing it did not help.
struct Asset {
    path: &'static str,
    kind: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    br: &'static [u8],
}

// ASSETS: &[Asset], sorted by path.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What the client accepts, best first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Nothing is compressed.
    #[default]
    Plain,
    /// gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
}

impl Encoding {
    /// Best of an `Accept-Encoding` (RFC 9110 §12.5.3); `q=0` is a refusal, other weights are ignored.
    #[must_use]
    pub fn choose(header: &str) -> Self {
        let accepts = |name: &str| {
            header.split(',').any(|item| {
                let mut parts = item.split(';').map(str::trim);
                parts
                    .next()
                    .is_some_and(|coding| coding.eq_ignore_ascii_case(name))
                    && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
            })
        };
        if accepts("br") {
            Self::Brotli
        } else if accepts("gzip") {
            Self::Gzip
        } else {
            Self::Plain
        }
    }
}

/// A file to serve.
#[derive(Debug)]
pub struct Found {
    /// `Content-Type`.
    pub kind: &'static str,
    /// `Content-Encoding`.
    pub encoding: Option<&'static str>,
    /// Entity tag, quoted.
    pub etag: &'static str,
    /// `Cache-Control`.
    pub cache: &'static str,
    /// The bytes, encoded.
    pub body: &'static [u8],
}

/// The file at `path`. `/` and `/r/<room>` are the page itself.
#[must_use]
pub fn find(path: &str, encoding: Encoding) -> Option<Found> {
    let is_room = path
        .strip_prefix("/r/")
        .is_some_and(|room| !room.is_empty() && !room.contains('/'));
    let name = if path == "/" || is_room {
        "/index.html"
    } else {
        path
    };
    let index = ASSETS.binary_search_by(|asset| asset.path.cmp(name)).ok()?;
    let asset = &ASSETS[index];
    // Vite puts a hash of the content into the name of everything under /assets.
    let cache = if name.starts_with("/assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let (encoding, body) = match encoding {
        Encoding::Brotli if !asset.br.is_empty() => (Some("br"), asset.br),
        Encoding::Brotli | Encoding::Gzip if !asset.gzip.is_empty() => (Some("gzip"), asset.gzip),
        _ => (None, asset.plain),
    };
    Some(Found {
        kind: asset.kind,
        encoding,
        etag: asset.etag,
        cache,
        body,
    })
}

/// What every page is sent with. `host` (of the request) is named for WebSockets because not every browser
/// counts `ws:` as `'self'`.
pub fn security_headers(host: Option<&str>) -> impl Iterator<Item = (&'static str, String)> {
    let mut policy =
        String::from("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
    if let Some(host) = host.filter(|host| is_authority(host)) {
        let _ = write!(policy, " ws://{host} wss://{host}");
    }
    policy.push_str(
        "; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; font-src 'self'; \
         worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    );
    [
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        // The room ID is in the path, and it is the key to the room.
        ("Referrer-Policy", "no-referrer".to_owned()),
        ("Cross-Origin-Opener-Policy", "same-origin".to_owned()),
        ("Cross-Origin-Resource-Policy", "same-origin".to_owned()),
        (
            "Permissions-Policy",
            "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), \
             autoplay=(self), fullscreen=(self), geolocation=(), payment=(), usb=()"
                .to_owned(),
        ),
    ]
    .into_iter()
}

/// Only what a host and port consist of gets into a header.
fn is_authority(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 255
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_served_for_rooms_and_nothing_else_is_made_up() {
        for path in ["/", "/r/daily", "/r/%EC%9A%B0%EB%A6%AC%EC%A7%91"] {
            assert!(find(path, Encoding::Plain).is_some(), "{path}");
        }
        for path in [
            "/r/",
            "/r/a/b",
            "/nothing",
            "/../Cargo.toml",
            "",
            "/index.html/",
        ] {
            assert!(find(path, Encoding::Plain).is_none(), "{path}");
        }
    }

    #[test]
    fn the_best_accepted_encoding_is_chosen() {
        assert_eq!(Encoding::choose("gzip, deflate, br"), Encoding::Brotli);
        assert_eq!(Encoding::choose("br;q=0, gzip"), Encoding::Gzip);
        assert_eq!(Encoding::choose("identity"), Encoding::Plain);
    }

    #[test]
    fn a_forged_host_does_not_reach_the_policy() {
        let policy = |host| {
            security_headers(Some(host))
                .next()
                .map(|(_, policy)| policy)
                .unwrap_or_default()
        };
        assert!(policy("maru.example.org:7880").contains("wss://maru.example.org:7880;"));
        assert!(!policy("a; script-src *").contains("script-src *"));
    }
}
