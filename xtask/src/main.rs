//! Maru's build tool.
fn main() {
    std::fs::create_dir_all("ui/src/protocol").expect("run from the repository");
    std::fs::write("ui/src/protocol/generated.ts", maru_protocol::typescript::module()).expect("writable");
}
