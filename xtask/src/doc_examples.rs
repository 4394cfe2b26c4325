//! Documentation comments hold no Rust that is to be compiled: it belongs into a package's `examples/`, which are built
//! and linted with everything else. `cargo test --doc` unifies features differently from all other steps and would
//! compile the workspace's dependencies once more, minutes for each example.

use std::{fs, path::Path};

use crate::{command::root, failure::Failure, workspace};

pub(crate) fn check() -> Result<(), Failure> {
    let mut found = Vec::new();
    for package in workspace::packages()? {
        for folder in ["src", "tests", "examples"] {
            let folder = root().join(&package.folder).join(folder);
            if folder.is_dir() {
                read_folder(&folder, &mut found)
                    .map_err(|error| Failure::Step(format!("{}: {error}", folder.display())))?;
            }
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    found.sort();
    Err(Failure::Step(format!(
        "code in documentation is not compiled by the suite; mark it as `text`, or make it an example:\n{}",
        found.join("\n")
    )))
}

fn read_folder(folder: &Path, found: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            found.extend(lines_with_code(&text).map(|line| format!("{}:{line}", path.display())));
        }
    }
    Ok(())
}

/// Numbers of the lines that open a block of code which rustdoc would compile.
fn lines_with_code(text: &str) -> impl Iterator<Item = usize> {
    let mut open = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let line = line.trim_start();
        let comment = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"))?;
        let language = comment.trim().strip_prefix("```")?;
        open = !open;
        (open && language != "text").then_some(index + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::lines_with_code;

    fn found(text: &str) -> Vec<usize> {
        lines_with_code(text).collect()
    }

    #[test]
    fn text_and_the_end_of_a_block_pass() {
        let fine = "//! ```text\n//! a | b\n//! ```\nfn main() {}\n    /// ```text\n    /// c\n    /// ```\n";
        assert!(found(fine).is_empty());
        assert!(found("// ```\n// not documentation\n").is_empty());
    }

    #[test]
    fn each_block_of_code_is_named_once() {
        let text = "//! ```\n//! a();\n//! ```\n\n/// ```no_run\n/// b();\n/// ```\nfn f() {}\n";
        assert_eq!(found(text), [1, 5]);
    }
}
