//! What one module declares, imports and mentions, read from its syntax.

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Ident, ImplItem, Item, ItemMod, Meta, Path, Token, UseTree, Visibility,
    ext::IdentExt,
    punctuated::Punctuated,
    visit::{self, Visit},
};

/// Segments of a path as written, without generic arguments.
pub(super) type Segments = Vec<String>;

/// One module; what only tests compile is left out.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) children: Vec<Child>,
    /// Names of what it defines itself.
    pub(super) items: Vec<String>,
    pub(super) imports: Vec<Import>,
    /// Paths in expressions, types, patterns and macro calls.
    pub(super) mentions: Vec<Segments>,
}

/// A `mod` declaration.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) name: String,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    Inline(Source),
    /// In a file, which `#[path]` may name.
    File(Option<String>),
}

/// One leaf of a `use` tree.
#[derive(Debug, Clone)]
pub(super) struct Import {
    pub(super) path: Segments,
    pub(super) binding: Binding,
    /// Whether the `use` has a visibility of its own.
    pub(super) reexported: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Binding {
    Name(String),
    Glob,
    /// `as _`
    Unnamed,
}

impl Source {
    pub(super) fn parse(text: &str) -> syn::Result<Self> {
        Ok(Self::of(&syn::parse_file(text)?.items))
    }

    fn of(items: &[Item]) -> Self {
        let mut source = Self::default();
        for item in items {
            source.visit_item(item);
        }
        source
    }

    fn declare(&mut self, module: &ItemMod) {
        let body = match &module.content {
            Some((_, items)) => Body::Inline(Self::of(items)),
            None => Body::File(module.attrs.iter().find_map(path_attribute)),
        };
        self.children.push(Child {
            name: name(&module.ident),
            body,
        });
    }

    fn import(&mut self, tree: &UseTree, prefix: &mut Segments, reexported: bool) {
        let (last, binding) = match tree {
            UseTree::Path(path) => {
                prefix.push(name(&path.ident));
                self.import(&path.tree, prefix, reexported);
                prefix.pop();
                return;
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, prefix, reexported);
                }
                return;
            }
            UseTree::Glob(_) => (None, Binding::Glob),
            // In `use a::b::{self}` the name bound is `b`.
            UseTree::Name(leaf) if leaf.ident == "self" => {
                let Some(last) = prefix.last() else { return };
                (None, Binding::Name(last.clone()))
            }
            UseTree::Name(leaf) => (Some(name(&leaf.ident)), Binding::Name(name(&leaf.ident))),
            UseTree::Rename(leaf) => {
                let last = (leaf.ident != "self").then(|| name(&leaf.ident));
                let binding = if leaf.rename == "_" {
                    Binding::Unnamed
                } else {
                    Binding::Name(name(&leaf.rename))
                };
                (last, binding)
            }
        };
        self.imports.push(Import {
            path: prefix.iter().cloned().chain(last).collect(),
            binding,
            reexported,
        });
    }

    /// Paths in the tokens of a macro call or a `macro_rules!` body, whose grammar is the macro's own.
    fn scan(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let punct = |at: Option<usize>, character: char| {
            at.and_then(|at| tokens.get(at)).is_some_and(
                |token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == character),
            )
        };
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let first = at;
            at += 1;
            match token {
                TokenTree::Group(group) => self.scan(group.stream()),
                TokenTree::Ident(ident) => {
                    let mut path = vec![name(ident)];
                    while punct(Some(at), ':') && punct(Some(at + 1), ':') {
                        let Some(TokenTree::Ident(ident)) = tokens.get(at + 2) else {
                            break;
                        };
                        path.push(name(ident));
                        at += 3;
                    }
                    let (before, two_before) = (first.checked_sub(1), first.checked_sub(2));
                    // A field or method, but not the end of a range; a lifetime; the rest of a longer path.
                    let continues = (punct(before, '.') && !punct(two_before, '.'))
                        || punct(before, '\'')
                        || (punct(before, ':') && punct(two_before, ':'));
                    if !continues {
                        self.mentions.push(path);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Source {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, ident) = head(item);
        if attributes.iter().any(is_test_only) {
            return;
        }
        match item {
            Item::Mod(module) => self.declare(module),
            // `::name` is another crate.
            Item::Use(import) if import.leading_colon.is_some() => {}
            Item::Use(import) => {
                let reexported = !matches!(import.vis, Visibility::Inherited);
                self.import(&import.tree, &mut Vec::new(), reexported);
            }
            _ => {
                self.items.extend(ident.map(name));
                visit::visit_item(self, item);
            }
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if !matches!(item, ImplItem::Fn(function) if function.attrs.iter().any(is_test_only)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none() {
            let segments = path.segments.iter().map(|segment| name(&segment.ident));
            self.mentions.push(segments.collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.scan(call.tokens.clone());
    }

    /// Attributes mention macros of other crates only.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    /// Who may see something is not a use of it.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

/// Attributes and name of an item.
fn head(item: &Item) -> (&[Attribute], Option<&Ident>) {
    match item {
        Item::Const(item) => (&item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.attrs, Some(&item.ident)),
        Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
        Item::Impl(item) => (&item.attrs, None),
        Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
        Item::Mod(item) => (&item.attrs, Some(&item.ident)),
        Item::Static(item) => (&item.attrs, Some(&item.ident)),
        Item::Struct(item) => (&item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.attrs, Some(&item.ident)),
        Item::TraitAlias(item) => (&item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.attrs, Some(&item.ident)),
        Item::Union(item) => (&item.attrs, Some(&item.ident)),
        Item::Use(item) => (&item.attrs, None),
        _ => (&[], None),
    }
}

fn name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

fn path_attribute(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) if pair.path.is_ident("path") => Some(text.value()),
        _ => None,
    }
}

fn is_test_only(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args()
            .is_ok_and(|predicate| requires_test(&predicate))
}

/// Whether a `cfg` predicate holds in test builds only.
fn requires_test(predicate: &Meta) -> bool {
    let Meta::List(list) = predicate else {
        return predicate.path().is_ident("test");
    };
    let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
        return false;
    };
    if list.path.is_ident("all") {
        parts.iter().any(requires_test)
    } else {
        list.path.is_ident("any") && !parts.is_empty() && parts.iter().all(requires_test)
    }
}
