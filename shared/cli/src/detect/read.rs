use std::fs::File;
use std::path::Path;

use csv::{ErrorKind, StringRecord, Trim};
use domain::units::Time;

use super::Wrong;

/// The columns that a file must have, wherever they stand.
const COLUMNS: [&str; 2] = ["timestamp", "value"];
/// So many mistakes of a file are told.
const MISTAKES_MAX: usize = 20;

/// A row of a recorded series.
pub(crate) struct Row {
    /// As it was written.
    pub(crate) timestamp: String,
    pub(crate) at: Time,
    /// As it was written.
    pub(crate) written: String,
    /// Not a number where the row has no value.
    pub(crate) value: f64,
}

/// The rows of a file, or all that is wrong with it.
pub(crate) fn rows(path: &Path) -> Result<Vec<Row>, Wrong> {
    let file = File::open(path).map_err(|error| Wrong::io(path, &error))?;
    let mut reader = csv::ReaderBuilder::new().trim(Trim::All).from_reader(file);
    let headers = reader.headers().map_err(|error| unreadable(path, &error))?.clone();
    let [timestamp, value] = columns(path, &headers)?;
    let (mut rows, mut mistakes) = (Vec::new(), Vec::new());
    for record in reader.records() {
        match record.map_err(|error| told(&error)).and_then(|record| row(&record, timestamp, value)) {
            Ok(row) => rows.push(row),
            Err(mistake) => mistakes.push(format!("{}{mistake}", path.display())),
        }
    }
    if mistakes.is_empty() {
        return Ok(rows);
    }
    let more = mistakes.len().saturating_sub(MISTAKES_MAX);
    mistakes.truncate(MISTAKES_MAX);
    if more > 0 {
        mistakes.push(format!("{}: {more} more", path.display()));
    }
    Err(Wrong { exit_code: 1, text: mistakes.join("\n") })
}

fn columns(path: &Path, headers: &StringRecord) -> Result<[usize; 2], Wrong> {
    let place = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
    let missing: Vec<_> = COLUMNS.into_iter().filter(|name| place(name).is_none()).collect();
    match COLUMNS.map(place) {
        [Some(timestamp), Some(value)] => Ok([timestamp, value]),
        _ => {
            let has = headers.iter().collect::<Vec<_>>().join(",");
            let text = format!(
                "{}:1: no column {}, the first line is {has:?}; write \"{}\"",
                path.display(),
                missing.join(", "),
                COLUMNS.join(",")
            );
            Err(Wrong { exit_code: 1, text })
        }
    }
}

fn row(record: &StringRecord, timestamp: usize, value: usize) -> Result<Row, String> {
    let line = record.position().map_or(0, csv::Position::line);
    let field = |place: usize| record.get(place).unwrap_or_default();
    let (timestamp, written) = (field(timestamp), field(value));
    let at = time(timestamp).ok_or_else(|| {
        let hint = "write 2026-01-31T14:06:00Z, 2026-01-31 14:06:00 (UTC) or seconds since 1970";
        format!(":{line}: timestamp {timestamp:?} is no time; {hint}")
    })?;
    let value = number(written).ok_or_else(|| {
        format!(":{line}: value {written:?} is no number; write a number, or nothing where there is none")
    })?;
    Ok(Row { timestamp: timestamp.to_owned(), at, written: written.to_owned(), value })
}

fn number(text: &str) -> Option<f64> {
    if text.is_empty() { Some(f64::NAN) } else { text.parse().ok() }
}

/// RFC 3339, a date and time in UTC, or seconds since 1970.
#[allow(clippy::cast_possible_truncation, reason = "seconds are far below 2^53")]
pub(crate) fn time(text: &str) -> Option<Time> {
    let epoch = |timestamp: jiff::Timestamp| Time::from_epoch(timestamp.as_second());
    let as_rfc_3339 = || text.parse::<jiff::Timestamp>().ok().map(epoch);
    let as_civil = || {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| epoch(zoned.timestamp()))
    };
    let seconds = text.parse::<f64>().ok().filter(|seconds| seconds.abs() < 1e11);
    seconds.map(|seconds| Time::from_epoch(seconds.floor() as i64)).or_else(as_rfc_3339).or_else(as_civil)
}

fn told(error: &csv::Error) -> String {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!(":{line}: {len} fields, the first line has {expected_len}; write one value for each column")
        }
        ErrorKind::Utf8 { .. } => format!(":{line}: is not UTF-8; save the file as UTF-8"),
        _ => format!(":{line}: {error}"),
    }
}

fn unreadable(path: &Path, error: &csv::Error) -> Wrong {
    Wrong { exit_code: 2, text: format!("{}{}", path.display(), told(error)) }
}
