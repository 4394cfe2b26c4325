use crate::{DecodeError, limits::MAX_NESTING};

/// Refuses a text whose brackets nest deeper than [`MAX_NESTING`]. Looks at bytes only: brackets inside
/// strings are skipped, and UTF-8 continuation bytes never equal ASCII.
pub(crate) fn check(text: &str) -> Result<(), DecodeError> {
    let bytes = text.as_bytes();
    // Most frames are SDP: a few brackets and long strings. Without this many opening brackets in all
    // there is nothing to track, and the count vectorises.
    let openings = bytes.iter().filter(|&&b| b == b'[' || b == b'{').count();
    if openings <= MAX_NESTING {
        return Ok(());
    }
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for &byte in bytes {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_NESTING {
                    return Err(DecodeError::bad(format!(
                        "nested deeper than {MAX_NESTING}"
                    )));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}
