//! All rows.

mod call;
mod cancel;
mod chromium;
mod local;
mod paths;
mod small;

use super::row::Row;

pub(super) fn all() -> Vec<Row> {
    let mut rows = vec![local::loopback(), local::disk()];
    rows.extend(chromium::both_ways());
    rows.extend(paths::paths());
    rows.extend(small::small_files());
    rows.extend(local::first_byte());
    rows.extend(cancel::cancelling());
    rows.extend(call::beside_audio());
    rows.extend(call::beside_a_call());
    rows
}
