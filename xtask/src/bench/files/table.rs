//! The results as Markdown.

use std::{collections::BTreeSet, fmt::Write};

use super::{
    measured::{Column, Measured, medians, ratio},
    row::{Goal, Row},
};

/// The runs of each contestant of a row.
pub(super) type Results = Vec<Vec<Measured>>;

/// A table for each run of rows that have the same columns.
pub(super) fn tables(rows: &[(Row, Results)]) -> String {
    let mut text = String::new();
    let mut header = BTreeSet::new();
    for (row, results) in rows {
        let columns: BTreeSet<Column> = results
            .iter()
            .flat_map(|runs| medians(runs).into_keys())
            .filter(|column| is_shown(*column, row.compared))
            .collect();
        if columns != header {
            text.push_str(&head(&columns));
            header = columns;
        }
        for (index, contestant) in row.contestants.iter().enumerate() {
            let title = if index == 0 { row.title } else { "" };
            let mut cells = vec![title.to_owned(), contestant.name.to_owned()];
            let medians = medians(&results[index]);
            cells.extend(header.iter().map(|column| {
                medians
                    .get(column)
                    .map_or(String::new(), |value| number(*column, *value))
            }));
            let ratio = ratio(&results[0], &results[index], row.compared);
            cells.push(match ratio {
                Some(ratio) if index > 0 => format!("{ratio:.2}"),
                _ => String::new(),
            });
            cells.push(if index == 0 {
                goals(row, results)
            } else {
                String::new()
            });
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
    }
    text
}

/// The figures of one run.
pub(super) fn line(measured: &Measured) -> String {
    let figures: Vec<String> = measured
        .iter()
        // Of files that were not completed.
        .filter(|(_, value)| **value > 0.0)
        .map(|(column, value)| format!("{} {}", number(*column, *value), column.title()))
        .collect();
    figures.join(", ")
}

/// Each kind of row has its own measure: files of a single large one mean nothing, nor megabytes of small ones.
fn is_shown(column: Column, compared: Column) -> bool {
    let measures = [
        Column::MegabytesPerSecond,
        Column::FilesPerSecond,
        Column::FirstByte,
    ];
    column == compared || !measures.contains(&column)
}

fn head(columns: &BTreeSet<Column>) -> String {
    let titles: Vec<&str> = columns.iter().map(|column| column.title()).collect();
    format!(
        "\n| | | {} | ours ÷ this | goals |\n|---|---|{}--:|---|\n",
        titles.join(" | "),
        "--:|".repeat(titles.len())
    )
}

fn goals(row: &Row, results: &Results) -> String {
    let ours = medians(&results[0]);
    let times = |other: usize| ratio(&results[0], &results[other], row.compared);
    let texts: Vec<String> = row
        .goals
        .iter()
        .map(|goal| {
            let (text, met) = match *goal {
                Goal::AtLeast(column, bound) => (
                    format!("≥ {bound} {}", column.title()),
                    ours.get(&column).map(|value| *value >= bound),
                ),
                Goal::AtMost(column, bound) => (
                    format!("≤ {bound} {}", column.title()),
                    ours.get(&column).map(|value| *value <= bound),
                ),
                Goal::Times(bound, name) => {
                    let other = row.contestants.iter().position(|it| it.name == name);
                    let times = other.and_then(times);
                    (format!("≥ {bound} × {name}"), times.map(|it| it >= bound))
                }
                Goal::TimesSlowest(bound) => {
                    let others = 1..row.contestants.len();
                    // The ratio to the slowest is the largest.
                    let times = others.filter_map(times).max_by(f64::total_cmp);
                    (
                        format!("≥ {bound} × the slower"),
                        times.map(|it| it >= bound),
                    )
                }
            };
            let result = match met {
                Some(true) => "met",
                Some(false) => "**missed**",
                None => "not measured",
            };
            format!("{text}: {result}")
        })
        .collect();
    texts.join("; ")
}

fn number(column: Column, value: f64) -> String {
    let digits = column.digits();
    format!("{value:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::super::row::{Contestant, Needs};
    use super::*;

    #[test]
    fn a_row_says_what_it_reached() {
        let contestant = |name| Contestant::new(name, |_| Ok(Measured::new()));
        let row = Row {
            name: "row",
            title: "a row",
            needs: Needs::Examples,
            compared: Column::MegabytesPerSecond,
            goals: vec![
                Goal::AtLeast(Column::MegabytesPerSecond, 400.0),
                Goal::Times(0.8, "TCP"),
                Goal::Times(0.9, "dd"),
                Goal::AtMost(Column::Processor, 4.5),
            ],
            contestants: ["Maru", "TCP", "dd"].map(contestant).into(),
        };
        let run = |rate, processor| {
            Measured::from([
                (Column::MegabytesPerSecond, rate),
                (Column::FilesPerSecond, 1.0),
                (Column::Processor, processor),
            ])
        };
        let results = vec![vec![run(300.0, 4.5)], vec![run(350.0, 1.0)], vec![]];
        let text = tables(&[(row, results)]);
        let expected = "
| | | MB/s | CPU s/GB | ours ÷ this | goals |
|---|---|--:|--:|--:|---|
| a row | Maru | 300.0 | 4.50 |  | ≥ 400 MB/s: **missed**; ≥ 0.8 × TCP: met; ≥ 0.9 × dd: not measured; ≤ 4.5 CPU s/GB: met |
|  | TCP | 350.0 | 1.00 | 0.86 |  |
|  | dd |  |  |  |  |
";
        assert_eq!(text, expected);
    }
}
