//! Measures all contenders in turn, and prints the table.

use std::{error::Error, fs, path::PathBuf, time::Duration};

use maru_load::{
    dialect::Dialect,
    measure::{
        memory,
        relay::{self, Load},
        storm,
    },
    report::{self, Row, Target},
    server::{Contender, raise_descriptor_limit},
};

/// File descriptors that the largest measurement needs, with a reserve.
const DESCRIPTORS: u64 = 65_536;

struct Plan {
    contenders: Vec<Contender>,
    rounds: usize,
    relay_clients: usize,
    relay_time: Duration,
    idle: Vec<usize>,
    storm: usize,
    json: Option<PathBuf>,
    only: Option<String>,
}

pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let mut plan = plan(arguments)?;
    let descriptors = usize::try_from(raise_descriptor_limit(DESCRIPTORS)?)?;
    for clients in &mut plan.idle {
        // One descriptor for each client on each side, and a few more.
        if *clients + 200 > descriptors {
            eprintln!(
                "only {descriptors} descriptors are allowed here: fewer idle clients than {clients}"
            );
            *clients = descriptors.saturating_sub(200);
        }
    }

    let mut rows = Vec::new();
    if plan.wants("relay") {
        relays(&plan, &mut rows)?;
    }
    if plan.wants("memory") {
        idle(&plan, &mut rows)?;
    }
    if plan.wants("storm") {
        storms(&plan, &mut rows)?;
    }

    let names: Vec<&str> = plan
        .contenders
        .iter()
        .map(|contender| contender.name)
        .collect();
    println!("{}\n", machine());
    println!(
        "Medians of {} rounds, servers in turn within each; {} clients in rooms of two; CPU and memory are \
         the server process's own.\n",
        plan.rounds, plan.relay_clients
    );
    println!("{}", report::table(&names, &rows));
    if let Some(path) = plan.json {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let json = serde_json::json!({ "machine": machine(), "contenders": names, "rows": rows });
        fs::write(&path, serde_json::to_string_pretty(&json)?)?;
        println!("Every round: {}", path.display());
    }
    Ok(())
}

impl Plan {
    fn wants(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == part)
    }

    /// Runs `measure` for every contender in every round, in turn, and returns the columns.
    fn rounds<T>(
        &self,
        what: &str,
        mut measure: impl FnMut(&Contender) -> std::io::Result<T>,
    ) -> Result<Vec<Vec<T>>, Box<dyn Error>> {
        let mut columns: Vec<Vec<T>> = self.contenders.iter().map(|_| Vec::new()).collect();
        for round in 0..self.rounds {
            // The first contender changes from round to round.
            for offset in 0..self.contenders.len() {
                let index = (round + offset) % self.contenders.len();
                let contender = &self.contenders[index];
                eprintln!(
                    "round {} of {}: {what}, {}",
                    round + 1,
                    self.rounds,
                    contender.name
                );
                let seen = measure(contender)
                    .map_err(|error| format!("{what}, {}: {error}", contender.name))?;
                columns[index].push(seen);
            }
        }
        Ok(columns)
    }
}

fn column<T>(columns: &[Vec<T>], pick: impl Fn(&T) -> f64) -> Vec<Vec<f64>> {
    columns
        .iter()
        .map(|column| column.iter().map(&pick).collect())
        .collect()
}

fn relays(plan: &Plan, rows: &mut Vec<Row>) -> Result<(), Box<dyn Error>> {
    for (name, load) in [
        ("window 1", Load::Window(1)),
        ("window 4", Load::Window(4)),
        ("5,000 messages/s", Load::Rate(5_000)),
    ] {
        let columns = plan.rounds(name, |contender| {
            relay::measure(contender, plan.relay_clients, load, plan.relay_time)
        })?;
        rows.push(Row {
            name: format!("CPU per relayed 1 KB message, {name}"),
            unit: "µs",
            target: Some(Target::TimesEcho(1.1)),
            rounds: column(&columns, |seen| seen.cpu_us),
        });
        rows.push(Row {
            name: format!("messages arrived per second, {name}"),
            unit: "1/s",
            target: None,
            rounds: column(&columns, |seen| seen.per_second),
        });
    }
    Ok(())
}

fn idle(plan: &Plan, rows: &mut Vec<Row>) -> Result<(), Box<dyn Error>> {
    for &clients in &plan.idle {
        let columns = plan.rounds(&format!("{clients} idle clients"), |contender| {
            memory::measure(contender, clients)
        })?;
        rows.push(Row {
            name: format!("resident memory per idle joined client, {clients}"),
            unit: "KB",
            target: Some(Target::AtMost(4.5)),
            rounds: column(&columns, |seen| seen.rss_per_client / 1000.0),
        });
        rows.push(Row {
            name: format!("given back after {clients} left"),
            unit: "%",
            target: Some(Target::AtLeast(90.0)),
            rounds: column(&columns, |seen| seen.given_back * 100.0),
        });
        rows.push(Row {
            name: format!("resident memory after {clients} left"),
            unit: "MB",
            target: None,
            rounds: column(&columns, |seen| seen.after as f64 / 1e6),
        });
    }
    Ok(())
}

fn storms(plan: &Plan, rows: &mut Vec<Row>) -> Result<(), Box<dyn Error>> {
    let clients = plan.storm;
    let columns = plan.rounds(&format!("storm of {clients}"), |contender| {
        storm::measure(contender, clients)
    })?;
    rows.push(Row {
        name: format!("CPU per join, {clients} at once"),
        unit: "µs",
        target: Some(Target::AtMost(15.0)),
        rounds: column(&columns, |seen| seen.cpu_us),
    });
    rows.push(Row {
        name: format!("until all {clients} are in"),
        unit: "ms",
        target: None,
        rounds: column(&columns, |seen| seen.time.as_secs_f64() * 1e3),
    });
    rows.push(Row {
        name: format!("refused of {clients}"),
        unit: "clients",
        target: Some(Target::AtMost(0.0)),
        rounds: column(&columns, |seen| seen.refused as f64),
    });
    Ok(())
}

fn plan(mut arguments: impl Iterator<Item = String>) -> Result<Plan, Box<dyn Error>> {
    let (mut maru, mut reference, mut json, mut only) = (None, None, None, None);
    let (mut rounds, mut quick) = (3, false);
    while let Some(name) = arguments.next() {
        if name == "--quick" {
            quick = true;
            continue;
        }
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--maru" => maru = Some(value),
            "--reference" => reference = Some(value),
            "--json" => json = Some(value.into()),
            "--rounds" => rounds = value.parse()?,
            "--only" => only = Some(value),
            _ => return Err(format!("what is '{name}'? try --help").into()),
        }
    }
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let mut contenders = vec![
        Contender {
            name: "Maru",
            dialect: Dialect::Maru,
            program: maru.ok_or("--maru is needed")?.into(),
            // A window has no fixed rate. All other options have their defaults.
            arguments: words(&["--listen", "{listen}", "--message-rate", "0"]),
        },
        Contender {
            name: "bare echo",
            dialect: Dialect::Echo,
            program: std::env::current_exe()?,
            arguments: words(&["echo", "--listen", "{listen}"]),
        },
    ];
    if let Some(reference) = reference {
        contenders.push(Contender {
            name: "Socket.IO",
            dialect: Dialect::SocketIo,
            program: "node".into(),
            arguments: vec![reference, "{port}".into()],
        });
    }
    Ok(Plan {
        contenders,
        rounds,
        relay_clients: if quick { 200 } else { 2_000 },
        relay_time: Duration::from_secs(if quick { 1 } else { 5 }),
        idle: if quick {
            vec![1_000]
        } else {
            vec![5_000, 19_500]
        },
        storm: if quick { 500 } else { 2_000 },
        json,
        only,
    })
}

/// The machine of the measurement.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(':').nth(1))
        .unwrap_or("unknown CPU")
        .trim();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{model}, {cores} cores, Linux {}",
        read("/proc/sys/kernel/osrelease").trim()
    )
}
