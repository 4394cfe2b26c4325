use std::{fs, path::Path};

use super::{Checked, Exception};

/// Checks a crate of these files; `Err` is what the check prints.
fn check(files: &[(&str, &str)]) -> Result<(), String> {
    check_with(files, &[])
}

fn check_with(files: &[(&str, &str)], exceptions: &[Exception]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let mut checked = Checked::default();
    let root = Path::new(files[0].0);
    checked
        .add(folder.path(), Path::new("sample"), root, exceptions)
        .unwrap();
    checked
        .finish(exceptions)
        .map_err(|failure| failure.to_string())
}

#[test]
fn modules_in_one_direction_pass() {
    check(&[
        ("src/lib.rs", "mod a; mod b; mod c; pub use a::A;"),
        ("src/a.rs", "use crate::b::B; pub struct A(B);"),
        ("src/b.rs", "pub struct B(crate::c::C);"),
        ("src/c.rs", "pub struct C;"),
    ])
    .unwrap();
}

#[test]
fn a_circle_of_two_is_named_file_by_file() {
    let text = check(&[
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "use crate::b::B; pub struct A(B);"),
        (
            "src/b.rs",
            "pub struct B; impl B { fn of(a: &crate::a::A) {} }",
        ),
    ])
    .unwrap_err();
    assert_eq!(
        text,
        "sample: crate::a -> crate::b -> crate::a\n  \
         src/a.rs uses crate::b::B of src/b.rs\n  \
         src/b.rs uses crate::a::A of src/a.rs\n"
    );
}

#[test]
fn a_circle_of_three_is_found() {
    let text = check(&[
        ("src/main.rs", "mod a; mod b; mod c; fn main() {}"),
        ("src/a.rs", "use crate::{b::{self}}; pub fn f() { b::f() }"),
        (
            "src/b.rs",
            "use crate::c as other; pub fn f() { other::f() }",
        ),
        (
            "src/c.rs",
            "pub fn f() { if false { crate::a::f::<u8>() } }",
        ),
    ])
    .unwrap_err();
    assert!(
        text.starts_with("sample: crate::a -> crate::b -> crate::c -> crate::a\n"),
        "{text}"
    );
}

#[test]
fn a_reexport_is_followed_to_the_definition() {
    let text = check(&[
        (
            "src/lib.rs",
            "mod a; mod b; pub use b::B; pub(crate) use a::*;",
        ),
        ("src/a.rs", "use crate::B; pub struct A(B);"),
        ("src/b/mod.rs", "mod inner; pub use inner::Inner as B;"),
        (
            "src/b/inner.rs",
            "pub struct Inner; fn f(_: Option<crate::A>) {}",
        ),
    ])
    .unwrap_err();
    assert_eq!(
        text,
        "sample: crate::a -> crate::b -> crate::a\n  \
         src/a.rs uses crate::B of src/b/inner.rs\n  \
         src/b/inner.rs uses crate::A of src/a.rs\n"
    );
}

#[test]
fn a_module_and_its_child_are_a_circle_through_super() {
    let parent = "mod child; pub struct Parent(child::Child);";
    let text = check(&[
        ("src/lib.rs", "mod parent;"),
        ("src/parent.rs", parent),
        (
            "src/parent/child.rs",
            "pub struct Child(Box<super::Parent>);",
        ),
    ])
    .unwrap_err();
    assert!(
        text.contains("src/parent/child.rs uses super::Parent of src/parent.rs"),
        "{text}"
    );
}

#[test]
fn a_parent_may_declare_and_reexport_children_that_use_it() {
    check(&[
        ("src/lib.rs", "mod parent;"),
        (
            "src/parent.rs",
            "mod child; pub use child::Child; pub struct Parent;",
        ),
        (
            "src/parent/child.rs",
            "use super::Parent; pub struct Child; impl Parent { fn f() {} }",
        ),
    ])
    .unwrap();
}

#[test]
fn a_parent_that_uses_what_it_reexports_uses_the_child() {
    check(&[
        ("src/lib.rs", "mod parent;"),
        (
            "src/parent.rs",
            "mod child; pub use child::Child; pub struct Parent(Child);",
        ),
        (
            "src/parent/child.rs",
            "pub struct Child(Box<super::Parent>);",
        ),
    ])
    .unwrap_err();
}

#[test]
fn folders_are_a_circle_where_their_files_are_not() {
    let text = check(&[
        ("src/lib.rs", "mod hub; mod socket;"),
        (
            "src/hub.rs",
            "use crate::socket::frame::Frame; pub struct Hub(Frame);",
        ),
        ("src/socket/mod.rs", "pub mod frame; pub mod server;"),
        ("src/socket/frame.rs", "pub struct Frame;"),
        (
            "src/socket/server.rs",
            "use crate::hub::Hub; fn f(_: Hub) {}",
        ),
    ])
    .unwrap_err();
    assert!(
        text.starts_with("sample: crate::hub -> crate::socket -> crate::hub\n"),
        "{text}"
    );
}

#[test]
fn paths_in_macro_calls_count() {
    let b = "pub const B: u8 = 0; fn f() { println!(\"{}\", x.a::<u8>(crate::a::A)) }";
    check(&[
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "pub const A: u8 = crate::b::B;"),
        ("src/b.rs", b),
    ])
    .unwrap_err();
}

#[test]
fn a_function_and_a_module_of_one_name_are_told_apart() {
    check(&[
        (
            "src/lib.rs",
            "mod a; mod resolve; use resolve::resolve; fn f() { resolve() }",
        ),
        ("src/resolve.rs", "use super::a::A; pub fn resolve(_: A) {}"),
        ("src/a.rs", "pub struct A; fn f() { crate::resolve(A) }"),
    ])
    .unwrap_err();
}

#[test]
fn what_only_tests_compile_does_not_count() {
    check(&[
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "pub struct A(crate::b::B);"),
        (
            "src/b.rs",
            "pub struct B;
             #[cfg(test)] use crate::a::A;
             #[cfg(test)] mod tests;
             #[cfg(all(unix, test))] mod more { use crate::a::A; }
             impl B { #[cfg(test)] fn sample() -> crate::a::A { todo!() } }",
        ),
    ])
    .unwrap();
}

#[test]
fn other_crates_and_imports_of_them_are_no_modules() {
    check(&[
        (
            "src/lib.rs",
            "use std::time::Duration; mod a; mod fmt; const X: a::A = a::X;",
        ),
        (
            "src/a.rs",
            "use super::Duration; pub struct A(Duration); pub use ::std::fmt;",
        ),
        ("src/fmt.rs", "use crate::a::A;"),
    ])
    .unwrap();
}

#[test]
fn an_exception_is_refused_once_nothing_needs_it() {
    let exceptions = [Exception {
        from: "src/b.rs",
        to: "src/a.rs",
    }];
    let a = ("src/a.rs", "pub struct A(crate::b::B);");
    let root = ("src/lib.rs", "mod a; mod b;");
    let b = ("src/b.rs", "pub struct B; fn f(_: crate::a::A) {}");
    check_with(&[root, a, b], &exceptions).unwrap();
    let text = check_with(&[root, a, ("src/b.rs", "pub struct B;")], &exceptions).unwrap_err();
    assert!(text.contains("on no circle any more"), "{text}");
}
