//! Prints the TypeScript side of the wire; `cargo xtask types` puts it in its place.

#![allow(clippy::print_stdout)]

fn main() {
    print!("{}", maru_protocol::typescript::module());
}
