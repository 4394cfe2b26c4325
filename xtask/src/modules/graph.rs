//! Which modules use which, and the circles among them.
//!
//! A circle is looked for among the children of each module, every child with all that is inside of it, and the module's
//! own file as one of them. No circle there means none between files either, and none between folders.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::PathBuf,
};

use super::{
    resolve::Definition,
    source::{Binding, Segments},
    tree::{Id, Tree},
};

/// A module among its siblings; the last segment is `self` for the parent's own file.
type Node = Segments;

/// One use of something in another file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    pub(super) from: PathBuf,
    pub(super) to: PathBuf,
    /// As written.
    pub(super) path: String,
}

#[derive(Debug, Default)]
pub(super) struct Graph(BTreeMap<Node, BTreeMap<Node, BTreeSet<Use>>>);

/// Each step of a circle: a module, and where it uses the next.
pub(super) type Circle = Vec<(String, BTreeSet<Use>)>;

impl Graph {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut graph = Self::default();
        for (id, module) in tree.modules() {
            for import in &module.imports {
                for definition in tree.resolve(id, &import.path) {
                    let target = match definition {
                        Definition::ItemOf(target) => target,
                        Definition::Module(target)
                            if import.binding == Binding::Glob && tree.has_items(target) =>
                        {
                            target
                        }
                        // Naming a module is no use of what is in it; the paths through it are.
                        Definition::Module(_) => continue,
                    };
                    if !(import.reexported && tree.is_within(target, id)) {
                        graph.add(tree, id, target, &import.path);
                    }
                }
            }
            for path in &module.mentions {
                for definition in tree.resolve(id, path) {
                    if let Definition::ItemOf(target) = definition {
                        graph.add(tree, id, target, path);
                    }
                }
            }
        }
        graph
    }

    fn add(&mut self, tree: &Tree, from: Id, to: Id, path: &[String]) {
        let (from, to) = (tree.module(from), tree.module(to));
        if from.file_path == to.file_path {
            return;
        }
        let shared = (from.file_path.iter())
            .zip(&to.file_path)
            .take_while(|(one, other)| one == other)
            .count();
        let node = |path: &Segments| -> Node {
            let own = "self".to_owned();
            let last = path.get(shared).unwrap_or(&own).clone();
            path[..shared].iter().cloned().chain([last]).collect()
        };
        let step = self.0.entry(node(&from.file_path)).or_default();
        step.entry(node(&to.file_path)).or_default().insert(Use {
            from: from.file.clone(),
            to: to.file.clone(),
            path: path.join("::"),
        });
    }

    /// Number of uses between files.
    pub(super) fn uses(&self) -> usize {
        let uses = self.0.values().flat_map(BTreeMap::values);
        uses.map(BTreeSet::len).sum()
    }

    /// Leaves out what `excepted` holds for.
    pub(super) fn without(&self, excepted: impl Fn(&Use) -> bool) -> Self {
        let mut left = Self::default();
        for (from, steps) in &self.0 {
            for (to, uses) in steps {
                let uses: BTreeSet<Use> =
                    uses.iter().filter(|one| !excepted(one)).cloned().collect();
                if !uses.is_empty() {
                    let steps = left.0.entry(from.clone()).or_default();
                    steps.insert(to.clone(), uses);
                }
            }
        }
        left
    }

    /// The shortest circle through each use that is on one, each circle once.
    pub(super) fn circles(&self) -> Vec<Circle> {
        let mut circles = BTreeSet::new();
        for (from, steps) in &self.0 {
            for to in steps.keys() {
                if let Some(mut circle) = self.shortest_path(to, from) {
                    let first = (0..circle.len()).min_by_key(|&at| circle[at]).unwrap_or(0);
                    circle.rotate_left(first);
                    circles.insert(circle);
                }
            }
        }
        let describe = |circle: Vec<&Node>| {
            let next = circle.iter().cycle().skip(1);
            let steps = circle.iter().zip(next);
            steps
                .map(|(&from, &to)| (shown(from), self.0[from][to].clone()))
                .collect()
        };
        circles.into_iter().map(describe).collect()
    }

    /// Both ends included.
    fn shortest_path<'a>(&'a self, from: &'a Node, to: &'a Node) -> Option<Vec<&'a Node>> {
        let mut came_from = BTreeMap::from([(from, None)]);
        let mut waiting = VecDeque::from([from]);
        while let Some(node) = waiting.pop_front() {
            if node == to {
                let mut path: Vec<&Node> =
                    std::iter::successors(Some(node), |&node| came_from[node]).collect();
                path.reverse();
                return Some(path);
            }
            for next in self.0.get(node).into_iter().flat_map(BTreeMap::keys) {
                came_from.entry(next).or_insert_with(|| {
                    waiting.push_back(next);
                    Some(node)
                });
            }
        }
        None
    }
}

fn shown(node: &Node) -> String {
    let path = node.iter().map(String::as_str);
    let path = path.filter(|&segment| segment != "self");
    std::iter::once("crate")
        .chain(path)
        .collect::<Vec<_>>()
        .join("::")
}
