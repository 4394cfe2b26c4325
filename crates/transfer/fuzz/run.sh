#!/bin/sh
# Fuzzes one target: run.sh control|bulk|endpoint [seconds]. Needs a C++ compiler, and no nightly Rust: the coverage of
# libFuzzer is a pass of LLVM. With a nightly compiler, `cargo fuzz run TARGET` also finds faults of unsafe code.
set -eu
cd "$(dirname "$0")"
target=$1
host=$(rustc -vV | sed -n 's/^host: //p')
unset RUSTC_WORKSPACE_WRAPPER
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 \
 -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
 -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
# With --target the flags are not those of build scripts.
cargo build --release --target "$host" --bin "$target"
mkdir -p artifacts "found/$target"
exec "${CARGO_TARGET_DIR:-target}/$host/release/$target" -max_total_time="${2:-600}" -max_len=65536 -timeout=20 \
    -rss_limit_mb=1024 -artifact_prefix=artifacts/ "found/$target" "corpus/$target"
