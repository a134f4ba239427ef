//! `tocsin simulate`: a team's own tests of its operations.

mod act;
mod expect;
mod play;
mod told;

use std::fmt::Write;
use std::path::Path;

use config::scenario::{self, FIELDS, Scenario};
use domain::setup::Setup;
use serde_json::Value as Json;

use crate::check::check;
use crate::print;
use expect::unmet;
use play::play;

/// Plays a scenario, prints what happens, and returns the exit code.
pub(crate) fn simulate(config: &Path, scenario: &Path, quiet: bool) -> u8 {
    let (setup, played) = match read(config, scenario) {
        Ok(read) => read,
        Err(text) => {
            eprintln!("{}", text.trim_end());
            return 2;
        }
    };
    let lines = play(&setup, &played);
    if !quiet {
        print(&lines.iter().map(printed).collect::<String>());
    }
    let name = scenario.display();
    let wrong = unmet(&played, &lines);
    for difference in &wrong {
        eprintln!("{name}:{difference}");
    }
    let (count, all) = (wrong.len(), played.expect.len());
    let plural = if all == 1 { "" } else { "s" };
    match count {
        0 if all == 0 => eprintln!("{name}: {} lines, nothing is expected", lines.len()),
        0 => eprintln!("{name}: all {all} expectation{plural} met"),
        count => eprintln!("{name}: {count} of {all} expectation{plural} not met"),
    }
    u8::from(count > 0)
}

/// A line as it is printed: `at`, `kind`, and the fields of its kind in the order of the documentation.
fn printed(line: &Json) -> String {
    let of_kind = FIELDS.iter().find(|(kind, _)| line["kind"] == *kind).map_or(&[][..], |(_, names)| names);
    let names = ["at", "kind"].iter().chain(of_kind).filter(|name| !line[**name].is_null());
    let mut text = String::new();
    for name in names {
        let _ = write!(text, "{}\"{name}\":{}", if text.is_empty() { "{" } else { "," }, line[*name]);
    }
    text + "}\n"
}

/// The configuration and the scenario, or all that is wrong with them.
fn read(config: &Path, scenario: &Path) -> Result<(Setup, Scenario), String> {
    let checked = check(config, 1);
    let setup = checked.setup().cloned().ok_or_else(|| crate::check::text(std::slice::from_ref(&checked)))?;
    let name = scenario.display().to_string();
    let text = std::fs::read_to_string(scenario).map_err(|error| format!("{name}: cannot be read: {error}"))?;
    let read = scenario::read(&name, &text, &setup).map_err(|mistakes| mistakes.to_string())?;
    Ok((setup, read))
}
