//! The modules of one target, read from their files.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::source::{Binding, Body, Import, Segments, Source};
use crate::failure::Failure;

/// The place of a module in its [`Tree`].
pub(super) type Id = usize;

#[derive(Debug)]
pub(super) struct Tree(pub(super) Vec<Module>);

#[derive(Debug)]
pub(super) struct Module {
    /// The file's module; an inline module belongs to its file, which is one subject.
    pub(super) file_path: Segments,
    /// Relative to the repository.
    pub(super) file: PathBuf,
    pub(super) parent: Option<Id>,
    pub(super) names: BTreeMap<String, Vec<Name>>,
    pub(super) globs: Vec<Segments>,
    pub(super) imports: Vec<Import>,
    pub(super) mentions: Vec<Segments>,
}

/// What a name in a module stands for. Types, values, macros and modules may share one.
#[derive(Debug)]
pub(super) enum Name {
    Module(Id),
    Item,
    Import(Segments),
}

/// A module that is being added.
struct Place {
    path: Segments,
    file_path: Segments,
    file: PathBuf,
    /// Where the files of its children are.
    folder: PathBuf,
    parent: Option<Id>,
}

impl Tree {
    /// Reads the target with the root file `root`, which is relative to `repository`.
    pub(super) fn read(repository: &Path, root: &Path) -> Result<Self, Failure> {
        let mut tree = Self(Vec::new());
        let source = parse(repository, root)?;
        let place = Place {
            path: Vec::new(),
            file_path: Vec::new(),
            file: root.to_owned(),
            folder: root.parent().unwrap_or(Path::new("")).to_owned(),
            parent: None,
        };
        tree.add(repository, source, place)?;
        Ok(tree)
    }

    pub(super) fn modules(&self) -> impl Iterator<Item = (Id, &Module)> {
        self.0.iter().enumerate()
    }

    pub(super) fn module(&self, id: Id) -> &Module {
        &self.0[id]
    }

    /// Whether `id` is `ancestor` or inside of it.
    pub(super) fn is_within(&self, id: Id, ancestor: Id) -> bool {
        id == ancestor
            || self.0[id]
                .parent
                .is_some_and(|parent| self.is_within(parent, ancestor))
    }

    fn add(&mut self, repository: &Path, source: Source, place: Place) -> Result<Id, Failure> {
        let id = self.0.len();
        let mut names: BTreeMap<String, Vec<Name>> = BTreeMap::new();
        for item in source.items {
            names.entry(item).or_default().push(Name::Item);
        }
        let mut globs = Vec::new();
        for import in &source.imports {
            match &import.binding {
                Binding::Name(name) => names
                    .entry(name.clone())
                    .or_default()
                    .push(Name::Import(import.path.clone())),
                Binding::Glob => globs.push(import.path.clone()),
                Binding::Unnamed => {}
            }
        }
        self.0.push(Module {
            file_path: place.file_path.clone(),
            file: place.file.clone(),
            parent: place.parent,
            names,
            globs,
            imports: source.imports,
            mentions: source.mentions,
        });
        for child in source.children {
            let name = child.name;
            let path: Segments = place.path.iter().chain([&name]).cloned().collect();
            let folder = place.folder.join(&name);
            let (source, place) = match child.body {
                Body::Inline(source) => {
                    let place = Place {
                        path,
                        file_path: place.file_path.clone(),
                        file: place.file.clone(),
                        folder,
                        parent: Some(id),
                    };
                    (source, place)
                }
                Body::File(named) => {
                    let (file, folder) = match named {
                        Some(named) => beside(&place.file, &named),
                        None => existing(repository, folder),
                    };
                    let place = Place {
                        file_path: path.clone(),
                        path,
                        file,
                        folder,
                        parent: Some(id),
                    };
                    (parse(repository, &place.file)?, place)
                }
            };
            let child = self.add(repository, source, place)?;
            let names = &mut self.0[id].names;
            names.entry(name).or_default().push(Name::Module(child));
        }
        Ok(id)
    }

    /// Whether a module defines anything itself.
    pub(super) fn has_items(&self, id: Id) -> bool {
        let names = self.0[id].names.values().flatten();
        names.into_iter().any(|name| matches!(name, Name::Item))
    }
}

/// The file of a module whose children, if any, are in `folder`; `mod.rs` is beside them.
fn existing(repository: &Path, folder: PathBuf) -> (PathBuf, PathBuf) {
    let inside = folder.join("mod.rs");
    if repository.join(&inside).exists() {
        (inside, folder)
    } else {
        (folder.with_extension("rs"), folder)
    }
}

/// A file that `#[path]` names, relative to the file that declares it; its children are beside it.
fn beside(declaring: &Path, named: &str) -> (PathBuf, PathBuf) {
    let mut file = declaring.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(named) {
        if part == ".." {
            file.pop();
        } else {
            file.push(part);
        }
    }
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    (file, folder)
}

fn parse(repository: &Path, file: &Path) -> Result<Source, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::Step(format!("cannot read {}: {error}", file.display()))
    };
    let text = fs::read_to_string(repository.join(file)).map_err(|error| failed(&error))?;
    Source::parse(&text).map_err(|error| failed(&error))
}
