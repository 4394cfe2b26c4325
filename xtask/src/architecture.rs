//! Tests that ARCHITECTURE.md matches the repository.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{command::root, workspace};

/// The page is meant to be read in one go.
const MAX_LINES: usize = 150;
const MAX_TERMS: usize = 20;

fn page() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap()
}

/// The map, one line each.
fn map(page: &str) -> impl Iterator<Item = &str> {
    page.lines()
        .skip_while(|line| *line != "```")
        .skip(1)
        .take_while(|line| *line != "```")
}

/// Folders of the map: the first word of a line, relative to `ui/` where it is indented by two.
fn map_folders(page: &str) -> BTreeSet<String> {
    let entries = map(page).filter_map(|line| {
        let indent = line.len() - line.trim_start().len();
        let folder = line.split_whitespace().next()?.strip_suffix('/')?;
        match indent {
            0 => Some(folder.to_owned()),
            2 => Some(format!("ui/{folder}")),
            _ => None,
        }
    });
    entries.collect()
}

/// Texts between backticks outside of the map, in order, each with the text between it and the one before.
fn code_spans(page: &str) -> Vec<(&str, &str)> {
    let mut spans = Vec::new();
    for line in page.lines() {
        let mut parts = line.split('`');
        let mut before = parts.next().unwrap_or_default();
        while let (Some(code), Some(after)) = (parts.next(), parts.next()) {
            spans.push((before, code));
            before = after;
        }
    }
    spans
}

fn is_path(code: &str) -> bool {
    let extension = Path::new(code).extension().and_then(|text| text.to_str());
    let named = extension.is_some_and(|extension| {
        ["css", "json", "md", "rs", "toml", "ts", "tsx"].contains(&extension)
    });
    (named || code.contains('/')) && !code.contains([' ', '@', ':'])
}

/// A path for each choice of its `{a,b}` groups.
fn expand(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else {
        return vec![path.to_owned()];
    };
    let (choices, after) = rest.split_once('}').unwrap();
    choices
        .split(',')
        .flat_map(|choice| expand(&format!("{before}{choice}{after}")))
        .collect()
}

/// Whether a path is there; the last part may have one `*`.
fn exists(path: &str) -> bool {
    let Some((before, after)) = path.split_once('*') else {
        return root().join(path).exists();
    };
    let (folder, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let entries = fs::read_dir(root().join(folder)).into_iter().flatten();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.any(|name| name.starts_with(prefix) && name.ends_with(after))
}

/// Targets of the page's links to other files.
fn links(page: &str) -> impl Iterator<Item = &str> {
    let targets = page.split("](").skip(1);
    targets
        .filter_map(|text| text.split([')', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains("://"))
}

#[test]
fn every_path_exists() {
    let page = page();
    let named = code_spans(&page)
        .into_iter()
        .map(|(_, code)| code)
        .filter(|code| is_path(code))
        .chain(links(&page));
    let paths: Vec<String> = named.flat_map(expand).chain(map_folders(&page)).collect();
    assert!(paths.len() > 50, "only {} paths were found", paths.len());
    let missing: Vec<&String> = paths.iter().filter(|path| !exists(path)).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names {missing:?}");
}

/// `path` (`name`, `name`): the file has these names.
#[test]
fn every_name_is_in_the_file_before_it() {
    let page = page();
    let mut file = "";
    let mut open = false;
    let mut checked = 0;
    let mut missing = Vec::new();
    for (before, code) in code_spans(&page) {
        open = before == " (" || (open && before == ", ");
        if is_path(code) {
            file = code;
        } else if open {
            checked += 1;
            let text = fs::read_to_string(root().join(file)).unwrap_or_default();
            let mut words = text.split(|character: char| {
                !(character.is_alphanumeric() || character == '_' || character == '#')
            });
            if !words.any(|word| word == code) {
                missing.push(format!("{code} in {file}"));
            }
        }
    }
    assert!(checked > 10, "only {checked} names were found");
    assert!(missing.is_empty(), "ARCHITECTURE.md names {missing:?}");
}

#[test]
fn the_map_has_every_package_and_every_folder_of_the_interface() {
    let folders = map_folders(&page());
    let mut missing = Vec::new();
    for package in workspace::packages().unwrap() {
        let folder = package.folder.to_str().unwrap().replace('\\', "/");
        if !folders.contains(&folder) {
            missing.push(folder);
        }
    }
    for entry in fs::read_dir(root().join("ui/src")).unwrap() {
        let entry = entry.unwrap();
        let folder = format!("ui/src/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() && !folders.contains(&folder) {
            missing.push(folder);
        }
    }
    assert!(missing.is_empty(), "the map lacks {missing:?}");
}

#[test]
fn the_map_has_every_command() {
    let page = page();
    let line = map(&page).find(|line| line.starts_with("xtask/")).unwrap();
    let listed: BTreeSet<&str> = line.split_whitespace().skip(3).collect();
    let help = crate::HELP
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with(char::is_alphabetic));
    let commands: BTreeSet<&str> = help
        .filter_map(|line| line.split_whitespace().next())
        .chain(["|"])
        .collect();
    assert_eq!(listed, commands);
}

#[test]
fn it_is_one_page_with_a_short_glossary() {
    let page = page();
    let lines = page.lines().count();
    assert!(lines <= MAX_LINES, "{lines} lines");
    let glossary = page.lines().skip_while(|line| !line.starts_with("| Term"));
    let rows = glossary.skip(2).take_while(|line| line.starts_with('|'));
    let terms = rows.count();
    assert!((1..=MAX_TERMS).contains(&terms), "{terms} terms");
}

#[test]
fn groups_are_expanded() {
    let expanded = expand("a/{b,c}/{d,e}.rs");
    assert_eq!(expanded, ["a/b/d.rs", "a/b/e.rs", "a/c/d.rs", "a/c/e.rs"]);
    assert!(exists("xtask/src/arch*.rs"));
    assert!(!exists("xtask/src/arch*.ts"));
}
