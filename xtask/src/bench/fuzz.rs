//! `cargo xtask bench fuzz`: the decoders of file transfer get inputs that libFuzzer makes up.

use std::{fs, path::Path};

use crate::{
    command::{cargo, command, root, run as run_command, stdout_of, target},
    failure::Failure,
    interrupt,
    options::Options,
    packages::Purpose,
    system,
};

/// Crates with a folder `fuzz`.
const CRATES: [&str; 2] = ["transfer", "disk"];
const MINUTES: u64 = 10;
/// The coverage of libFuzzer is a pass of LLVM: this needs no nightly compiler. `cargo fuzz` uses one for its sanitizers, which
/// find faults of unsafe code; these crates have next to none.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

pub(super) fn run(mut options: Options) -> Result<(), Failure> {
    // 0 would be without an end.
    let minutes = options
        .number::<u64>("--minutes")?
        .unwrap_or(MINUTES)
        .max(1);
    let only = options.value("--only")?;
    options.finish()?;
    interrupt::listen()?;
    system::require(&[Purpose::Build])?;
    let host = host()?;
    let mut any = false;
    for name in CRATES {
        let folder = root().join("crates").join(name).join("fuzz");
        for target in targets(&folder)? {
            if only.as_ref().is_none_or(|only| *only == target) {
                any = true;
                fuzz(&folder, &target, &host, minutes)?;
            }
        }
    }
    if any {
        Ok(())
    } else {
        Err(Failure::Usage("there is no such target".into()))
    }
}

fn host() -> Result<String, Failure> {
    let version = stdout_of("rustc", ["-vV"]).unwrap_or_default();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::Needs("rustc does not say for which system it is.".into()))
}

/// Their names, sorted.
fn targets(folder: &Path) -> Result<Vec<String>, Failure> {
    let folder = folder.join("fuzz_targets");
    let failed = |error| Failure::Step(format!("{}: {error}", folder.display()));
    let mut names = Vec::new();
    for file in fs::read_dir(&folder).map_err(failed)? {
        let path = file.map_err(failed)?.path();
        names.extend(
            path.file_stem()
                .and_then(|name| name.to_str().map(str::to_owned)),
        );
    }
    names.sort();
    Ok(names)
}

fn fuzz(folder: &Path, name: &str, host: &str, minutes: u64) -> Result<(), Failure> {
    let built = target().join("fuzz");
    let mut build = cargo(["build", "--release", "--locked", "--bin", name]);
    build.current_dir(folder);
    // With a target, the flags are not those of build scripts.
    build.args(["--target", host, "--target-dir"]).arg(&built);
    build.env("RUSTFLAGS", FLAGS);
    build.env_remove("RUSTC_WORKSPACE_WRAPPER");
    run_command(build)?;

    let (found, artifacts) = (folder.join("found").join(name), folder.join("artifacts"));
    for folder in [&found, &artifacts] {
        fs::create_dir_all(folder)
            .map_err(|error| Failure::Step(format!("{}: {error}", folder.display())))?;
    }
    let program = built.join(host).join("release").join(name);
    let mut fuzzer = command(&program.to_string_lossy(), []);
    fuzzer.args([
        format!("-max_total_time={}", minutes.saturating_mul(60)),
        "-max_len=65536".into(),
        // Seconds for one input.
        "-timeout=20".into(),
        "-rss_limit_mb=1024".into(),
        format!("-artifact_prefix={}/", artifacts.display()),
    ]);
    fuzzer.args([&found, &folder.join("corpus").join(name)]);
    run_command(fuzzer)
}
