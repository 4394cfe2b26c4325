//! What a path in a module names.

use super::tree::{Id, Module, Name, Tree};

/// Something a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Definition {
    Module(Id),
    /// Something that this module defines itself.
    ItemOf(Id),
}

impl Tree {
    /// What `path` names in the module `from`; nothing if it is of another crate, local to a function, or generic.
    pub(super) fn resolve(&self, from: Id, path: &[String]) -> Vec<Definition> {
        let mut found = Vec::new();
        self.resolve_into(from, path, &mut Vec::new(), &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// `open` are the imports being followed, against those that lead back to themselves.
    fn resolve_into<'a>(
        &'a self,
        from: Id,
        path: &'a [String],
        open: &mut Vec<&'a [String]>,
        found: &mut Vec<Definition>,
    ) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        match first.as_str() {
            "crate" => self.walk(Definition::Module(0), rest, open, found),
            "self" => self.walk(Definition::Module(from), rest, open, found),
            "super" => {
                if let Some(parent) = self.0[from].parent {
                    self.walk(Definition::Module(parent), rest, open, found);
                }
            }
            name => {
                for start in self.lookup(from, name, open) {
                    self.walk(start, rest, open, found);
                }
            }
        }
    }

    fn walk<'a>(
        &'a self,
        start: Definition,
        rest: &'a [String],
        open: &mut Vec<&'a [String]>,
        found: &mut Vec<Definition>,
    ) {
        match (start, rest.split_first()) {
            (Definition::Module(module), Some((name, rest))) if name == "super" => {
                if let Some(parent) = self.0[module].parent {
                    self.walk(Definition::Module(parent), rest, open, found);
                }
            }
            (Definition::Module(module), Some((name, rest))) => {
                let next = self.lookup(module, name, open);
                if next.is_empty() && !self.0[module].names.contains_key(name) {
                    // Made by a macro, or in an extern block.
                    found.push(Definition::ItemOf(module));
                }
                for start in next {
                    self.walk(start, rest, open, found);
                }
            }
            // A variant or an associated item belongs to its type.
            (start, _) => found.push(start),
        }
    }

    fn lookup<'a>(
        &'a self,
        module: Id,
        name: &str,
        open: &mut Vec<&'a [String]>,
    ) -> Vec<Definition> {
        let mut found = Vec::new();
        let Module { names, globs, .. } = &self.0[module];
        for meaning in names.get(name).into_iter().flatten() {
            match meaning {
                Name::Module(child) => found.push(Definition::Module(*child)),
                Name::Item => found.push(Definition::ItemOf(module)),
                Name::Import(path) => self.follow(module, path, open, &mut found),
            }
        }
        if !found.is_empty() {
            return found;
        }
        for glob in globs {
            let mut targets = Vec::new();
            self.follow(module, glob, open, &mut targets);
            for target in targets {
                if let Definition::Module(target) = target
                    && target != module
                {
                    open.push(glob);
                    found.extend(self.lookup(target, name, open));
                    open.pop();
                }
            }
        }
        found
    }

    fn follow<'a>(
        &'a self,
        module: Id,
        import: &'a [String],
        open: &mut Vec<&'a [String]>,
        found: &mut Vec<Definition>,
    ) {
        // By address: the same path in another module is another import.
        if open.iter().any(|other| std::ptr::eq(*other, import)) {
            return;
        }
        open.push(import);
        self.resolve_into(module, import, open, found);
        open.pop();
    }
}
