use maru_transfer::control::Entry;

/// Bytes of an entry as JSON.
pub(crate) fn json_bytes(entry: &Entry) -> usize {
    // Serialisation into memory does not fail here.
    serde_json::to_vec(entry).map_or(usize::MAX, |text| text.len())
}
