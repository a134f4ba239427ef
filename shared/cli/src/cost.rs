//! `tocsin cost`: the bill of a configuration, as a table or as JSON.

use std::fmt::Write;
use std::path::Path;

use engine::cost::{Bill, FORMULAS, Line, bill};

use crate::check::check;
use crate::{Format, print};

/// Prints the bill, or the mistakes of the configuration; the exit code is that of `tocsin check`.
pub(crate) fn cost(file: &Path, shards: u32, format: Format) -> u8 {
    let checked = check(file, shards);
    let Some(setup) = checked.setup() else {
        eprint!("{}", crate::check::text(std::slice::from_ref(&checked)));
        return checked.exit_code();
    };
    let bill = bill(setup, shards);
    print(&match format {
        Format::Text => text(file, &bill),
        Format::Json => json(&bill),
    });
    0
}

fn json(bill: &Bill) -> String {
    let mut json = serde_json::json!(bill);
    json["formulas"] = serde_json::json!(FORMULAS);
    format!("{json:#}\n")
}

fn text(file: &Path, bill: &Bill) -> String {
    let mut text = format!("{}: ${:.2} a month\n", file.display(), bill.dollars);
    part(&mut text, "all of it", &bill.whole);
    part(&mut text, "by source", &bill.sources);
    part(&mut text, "by pace", &bill.paces);
    part(&mut text, "by monitor", &bill.monitors);
    if !bill.scale.is_empty() {
        text.push_str("\nthe same mix in other sizes\n");
        for line in &bill.scale {
            let _ = writeln!(text, "{:>12.2}  {:>7} series in {} shards", line.dollars, line.series, line.shards);
        }
    }
    text.push_str("\nformulas\n");
    for formula in FORMULAS {
        let _ = writeln!(text, "  {formula}");
    }
    text
}

fn part(text: &mut String, title: &str, lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    let widest = lines.iter().map(|line| line.what.chars().count()).max().unwrap_or(0);
    let _ = writeln!(text, "\n{title}\n     dollars       asked  {:<widest$}", "");
    for Line { what, formula, asked, dollars, .. } in lines {
        let asked = asked.map_or_else(String::new, |asked| format!("{asked:.0}"));
        let _ = writeln!(text, "{dollars:>12.2}  {asked:>10}  {what:<widest$}  {formula}");
    }
}
