//! `cargo xtask bench files`: file transfer beside a raw data channel, Chromium, magic-wormhole, TCP, `dd` and `tar`.

mod audio;
mod browser;
mod copy;
mod folders;
mod lab;
mod measured;
mod program;
mod raw;
mod row;
mod rows;
mod table;
mod tcp;
mod transfer;
mod usage;
mod wormhole;

use crate::{
    command::{cargo, run as run_command},
    failure::Failure,
    interrupt, npm,
    options::Options,
    packages::Purpose,
    system,
};
use folders::Folders;
use measured::Measured;
use row::{Contestant, Needs, Row};

const ROUNDS: usize = 5;

pub(super) fn run(mut options: Options) -> Result<(), Failure> {
    let rounds = options.number::<usize>("--rounds")?.unwrap_or(ROUNDS);
    let mut names = Vec::new();
    while let Some(name) = options.word() {
        names.push(name);
    }
    options.finish()?;
    let rows = select(&names)?;
    prepare(&rows)?;
    let folders = Folders::new()?;
    let mut failed = false;
    let mut results = Vec::new();
    for row in rows {
        let result = measure(&row, &folders, rounds.max(1))?;
        failed |= result.iter().any(Vec::is_empty);
        results.push((row, result));
    }
    drop(folders);
    println!("{}", table::tables(&results));
    if failed {
        println!("What has no figures was not measured; the reason is above.");
    }
    Ok(())
}

/// The rows of these names, or all.
fn select(names: &[String]) -> Result<Vec<Row>, Failure> {
    let mut rows = rows::all();
    let known: Vec<&str> = rows.iter().map(|row| row.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Failure::Usage(format!(
            "there is no row '{unknown}'; the rows are {}",
            known.join(", ")
        )));
    }
    rows.retain(|row| names.is_empty() || names.iter().any(|name| name == row.name));
    Ok(rows)
}

/// Builds what the rows use, in release.
fn prepare(rows: &[Row]) -> Result<(), Failure> {
    let needs = |what| rows.iter().any(|row| row.needs == what);
    if needs(Needs::App) {
        super::prepare(
            &[Purpose::Build, Purpose::Desktop, Purpose::Tests],
            &["maru"],
        )?;
    } else {
        interrupt::listen()?;
        system::require(&[Purpose::Build])?;
        if needs(Needs::Browser) {
            system::require(&[Purpose::Tests])?;
            system::require_node()?;
            npm::install()?;
        }
    }
    let packages = ["maru-files", "maru-peer", "maru-lab"].map(|name| ["--package", name]);
    let examples = ["transfer", "bulk", "tcp", "audio"].map(|name| ["--example", name]);
    let mut build = vec!["build", "--release", "--locked", "--bin", "maru-lab"];
    build.extend(packages.concat());
    build.extend(examples.concat());
    run_command(cargo(build))
}

/// Measures all contestants of a row once in each round, in an order that rotates. Those that failed have no results.
fn measure(row: &Row, folders: &Folders, rounds: usize) -> Result<Vec<Vec<Measured>>, Failure> {
    let mut results = vec![Vec::new(); row.contestants.len()];
    let mut failed = vec![false; row.contestants.len()];
    for round in 0..rounds {
        for turn in 0..row.contestants.len() {
            let index = (round + turn) % row.contestants.len();
            let contestant: &Contestant = &row.contestants[index];
            if failed[index] {
                continue;
            }
            eprint!("{}, {}, round {}: ", row.name, contestant.name, round + 1);
            match (contestant.measure)(folders) {
                Ok(measured) => {
                    eprintln!("{}", table::line(&measured));
                    results[index].push(measured);
                }
                Err(Failure::Interrupted) => return Err(Failure::Interrupted),
                Err(failure) => {
                    eprintln!("\x1b[31m{failure}\x1b[0m");
                    failed[index] = true;
                    results[index].clear();
                }
            }
        }
    }
    Ok(results)
}
