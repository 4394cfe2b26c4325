//! The files of the web client, embedded in the binary by `build.rs`.

/// A file with its compressed forms, which are empty if compression saves less than a tenth.
struct Embedded {
    path: &'static str,
    content_type: &'static str,
    etag: &'static str,
    identity: &'static [u8],
    gzip: &'static [u8],
    br: &'static [u8],
}

// ASSETS: &[Embedded], sorted by path.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A content coding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Not compressed.
    #[default]
    Identity,
    /// gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
}

impl Encoding {
    /// The best coding in `Accept-Encoding` (RFC 9110 §12.5.3). `q=0` excludes a coding; other weights are ignored.
    pub(super) fn choose(header: &str) -> Self {
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
            Self::Identity
        }
    }
}

/// A file in the chosen encoding.
#[derive(Debug)]
pub(super) struct Asset {
    pub(super) content_type: &'static str,
    pub(super) content_encoding: Option<&'static str>,
    /// With its quotes.
    pub(super) etag: &'static str,
    pub(super) cache_control: &'static str,
    /// Encoded.
    pub(super) body: &'static [u8],
}

/// The file at `path`; `/` and `/r/<room>` are `index.html`.
pub(super) fn find(path: &str, encoding: Encoding) -> Option<Asset> {
    let name = if is_page(path) { "/index.html" } else { path };
    let index = ASSETS.binary_search_by(|asset| asset.path.cmp(name)).ok()?;
    let asset = &ASSETS[index];
    // The names of the files below /assets contain a hash of their content.
    let cache_control = if name.starts_with("/assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let (content_encoding, body) = match encoding {
        Encoding::Brotli if !asset.br.is_empty() => (Some("br"), asset.br),
        Encoding::Brotli | Encoding::Gzip if !asset.gzip.is_empty() => (Some("gzip"), asset.gzip),
        _ => (None, asset.identity),
    };
    Some(Asset {
        content_type: asset.content_type,
        content_encoding,
        etag: asset.etag,
        cache_control,
        body,
    })
}

/// The start screen, or a room. Links get a slash at the end from messengers and one at the start from people who put
/// them together; without a room the start screen asks for one.
fn is_page(path: &str) -> bool {
    let Some(relative) = path.strip_prefix('/') else {
        return false;
    };
    match relative.trim_start_matches('/') {
        "" | "r" => true,
        relative => relative.strip_prefix("r/").is_some_and(|room| {
            let room = room.strip_suffix('/').unwrap_or(room);
            !room.contains('/')
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_and_rooms_are_the_page_and_unknown_paths_are_not_found() {
        for path in [
            "/",
            "/r/daily",
            "/r/%EC%9A%B0%EB%A6%AC%EC%A7%91",
            "/r/daily/",
            "//r/daily",
            "/r/",
            "/r",
        ] {
            assert!(find(path, Encoding::Identity).is_some(), "{path}");
        }
        for path in [
            "/r/a/b",
            "/r/a//",
            "r/a",
            "/maru/r/a",
            "/nothing",
            "/../Cargo.toml",
            "",
            "/index.html/",
            "/download/",
            "/download/1",
        ] {
            assert!(find(path, Encoding::Identity).is_none(), "{path}");
        }
    }

    #[test]
    fn the_best_accepted_encoding_is_chosen() {
        assert_eq!(Encoding::choose("gzip, deflate, br"), Encoding::Brotli);
        assert_eq!(Encoding::choose("br;q=0, gzip"), Encoding::Gzip);
        assert_eq!(Encoding::choose("identity"), Encoding::Identity);
    }
}
