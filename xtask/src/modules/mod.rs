//! `cargo xtask check-modules`: no Rust module uses another that uses it in turn, directly or through others.
//!
//! What counts as a use: a path in a `use`, an expression, a type, a pattern or a macro call, followed through re-exports
//! to the module that defines what it names. What does not: the declaration of a child module, a re-export of something
//! inside of the module that re-exports it, and whatever only tests compile. A method call names no module and is not
//! seen: an `impl` of a type may be spread over the children of the type's module.

mod graph;
mod resolve;
mod source;
mod tree;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::Path,
};

use crate::{command::root, failure::Failure, options::Options, workspace};
use graph::{Circle, Graph, Use};
use tree::Tree;

/// Uses that are on a circle and may stay for now, by file. One that is on no circle any more fails the check.
const EXCEPTIONS: &[Exception] = &[];

struct Exception {
    from: &'static str,
    to: &'static str,
}

impl Exception {
    fn covers(&self, one: &Use) -> bool {
        one.from == Path::new(self.from) && one.to == Path::new(self.to)
    }
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    options.finish()?;
    check()
}

pub(crate) fn check() -> Result<(), Failure> {
    let mut checked = Checked::default();
    for package in workspace::packages()? {
        for target in &package.roots {
            checked.add(root(), &package.folder, target, EXCEPTIONS)?;
        }
    }
    checked.finish(EXCEPTIONS)
}

/// What was found in the targets so far.
#[derive(Default)]
struct Checked {
    files: BTreeSet<std::path::PathBuf>,
    uses: usize,
    /// By their text: a module that several targets include is one finding.
    circles: BTreeSet<String>,
    /// Uses on circles, exceptions included.
    on_circles: BTreeSet<Use>,
}

impl Checked {
    fn add(
        &mut self,
        repository: &Path,
        package: &Path,
        target: &Path,
        exceptions: &[Exception],
    ) -> Result<(), Failure> {
        let tree = Tree::read(repository, target)?;
        (self.files).extend(tree.modules().map(|(_, module)| module.file.clone()));
        let graph = Graph::of(&tree);
        self.uses += graph.uses();
        let all = graph.circles();
        (self.on_circles).extend(all.into_iter().flatten().flat_map(|(_, uses)| uses));
        let excepted = |one: &Use| exceptions.iter().any(|exception| exception.covers(one));
        let left = graph.without(excepted).circles();
        (self.circles).extend(left.iter().map(|circle| describe(package, circle)));
        Ok(())
    }

    fn finish(self, exceptions: &[Exception]) -> Result<(), Failure> {
        let mut problems: Vec<String> = self.circles.into_iter().collect();
        for exception in exceptions {
            if !self.on_circles.iter().any(|one| exception.covers(one)) {
                problems.push(format!(
                    "{} -> {} is on no circle any more: remove it from EXCEPTIONS in xtask/src/modules/mod.rs\n",
                    exception.from, exception.to
                ));
            }
        }
        if problems.is_empty() {
            println!(
                "{} uses in {} files, no circle",
                self.uses,
                self.files.len()
            );
            return Ok(());
        }
        Err(Failure::Step(problems.join("\n")))
    }
}

/// The modules of a circle, then the files that use one another in it, each with the longest path that does.
fn describe(package: &Path, circle: &Circle) -> String {
    let names = circle.iter().map(|(name, _)| name.as_str());
    let back = names.clone().take(1);
    let names: Vec<&str> = names.chain(back).collect();
    let mut text = format!("{}: {}\n", package.display(), names.join(" -> "));
    for (_, uses) in circle {
        let mut files: BTreeMap<_, &str> = BTreeMap::new();
        for one in uses {
            let longest = files.entry((&one.from, &one.to)).or_default();
            if one.path.len() > longest.len() {
                *longest = &one.path;
            }
        }
        for ((from, to), path) in files {
            let _ = writeln!(text, "  {} uses {path} of {}", from.display(), to.display());
        }
    }
    text
}
