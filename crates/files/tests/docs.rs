//! `docs/transfer-tests.md` must agree with the repository: every test that it names exists.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::Path};

#[test]
fn every_test_of_the_table_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/transfer-tests.md")).unwrap();
    let rows = page
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    let (mut count, mut missing) = (0, Vec::new());
    for row in rows {
        let tests = row.rsplit('|').nth(1).unwrap();
        let (mut file, mut content) = ("", String::new());
        for code in tests.split('`').skip(1).step_by(2) {
            let is_file = [".rs", ".ts"].iter().any(|end| code.ends_with(end));
            if is_file {
                file = code;
                content = fs::read_to_string(root.join(file)).unwrap_or_default();
                continue;
            }
            let declaration = match code.contains(' ') {
                true => format!("\"{code}\""),
                false => format!("fn {code}("),
            };
            count += 1;
            if !content.contains(&declaration) {
                missing.push(format!("{file}: {code}"));
            }
        }
        assert!(!file.is_empty(), "no test: {row}");
    }
    assert_eq!(missing, [""; 0]);
    assert!(count > 50, "{count} tests found in the table");
}
