use std::path::Path;

use engine::backtest::Label;

use super::time;
use crate::detect::Wrong;

const COLUMNS: &str = "service,start,end,name";

/// What really happened, or all that is wrong with the file.
pub(super) fn labels(path: &Path) -> Result<Vec<Label>, Wrong> {
    let wrong = |text: String| Wrong { exit_code: 2, text };
    let reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path);
    let mut reader = reader.map_err(|error| wrong(format!("{}: {error}", path.display())))?;
    let headers = reader.headers().map_err(|error| wrong(format!("{}: {error}", path.display())))?.clone();
    let place = |name: &str| headers.iter().position(|header| header == name);
    let (Some(service), Some(start), Some(end)) = (place("service"), place("start"), place("end")) else {
        let has = headers.iter().collect::<Vec<_>>().join(",");
        let path = path.display();
        return Err(wrong(format!(
            "{path}:1: the first line is {has:?}; write the columns {COLUMNS:?} (name may be left out)"
        )));
    };
    let (mut labels, mut mistakes) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let found = record.map_err(|error| error.to_string()).and_then(|record| {
            let line = record.position().map_or(0, csv::Position::line);
            let field = |place: usize| record.get(place).unwrap_or_default();
            let name = place("name").map_or("", field);
            label([field(service), field(start), field(end), name]).map_err(|mistake| format!("{line}: {mistake}"))
        });
        match found {
            Ok(label) => labels.push(label),
            Err(mistake) => mistakes.push(format!("{}:{mistake}", path.display())),
        }
    }
    if mistakes.is_empty() { Ok(labels) } else { Err(wrong(mistakes.join("\n"))) }
}

fn label([service, start, end, name]: [&str; 4]) -> Result<Label, String> {
    let instant = |field: &str, text: &str| time(text).map_err(|hint| format!("{field} {text:?} is no time; {hint}"));
    let (from, until) = (instant("start", start)?, instant("end", end)?);
    if from >= until {
        return Err(format!("end {end:?} is not after start {start:?}"));
    }
    let service = match service {
        "" | "*" => None,
        name => Some(name.parse().map_err(|error| format!("service: {error}; write * for any"))?),
    };
    Ok(Label { service, from, until, name: name.to_owned() })
}
