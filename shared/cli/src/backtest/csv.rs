use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::id::SeriesId;
use domain::metric::{Query, Series, Statistic};
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::backtest::{Recording, Recordings};

use super::history::{History, Kept, note_missing};
use crate::detect::Wrong;
use crate::detect::read::{Row, rows};

/// Says which file holds which series, where the names of files do not.
const INDEX: &str = "index.csv";

/// The history in a folder: `<service>/<series>.csv`, or files that `index.csv` names.
pub(super) fn read(folder: &Path, setups: &[&Setup], notes: &mut Vec<String>) -> Result<History, Wrong> {
    if !folder.is_dir() {
        let text = format!(
            "{}: is no folder; write a folder of <service>/<series>.csv files, cloudwatch, prometheus or store",
            folder.display()
        );
        return Err(Wrong { exit_code: 2, text });
    }
    let known: BTreeMap<&SeriesId, &Series> =
        setups.iter().flat_map(|setup| &setup.series).map(|s| (&s.id, s)).collect();
    let index = index(folder)?;
    let mut files = Vec::new();
    find(folder, &mut files)?;
    files.sort();
    let (mut recordings, mut mistakes, mut foreign) = (Recordings::new(), Vec::new(), Vec::new());
    for file in files {
        let relative = file.strip_prefix(folder).unwrap_or(&file).to_owned();
        let named = relative.with_extension("").display().to_string().replace('\\', "/");
        let name = index.get(&relative.display().to_string()).cloned().unwrap_or(named);
        let Some(series) = name.parse::<SeriesId>().ok().and_then(|id| known.get(&id).copied()) else {
            foreign.push(relative.display().to_string());
            continue;
        };
        match rows(&file) {
            Ok(rows) => match recording(series, rows, notes) {
                Ok(found) => recordings.extend(found.map(|found| (series.id.clone(), found))),
                Err(mistake) => mistakes.push(format!("{}: {mistake}", file.display())),
            },
            Err(wrong) => mistakes.push(wrong.text),
        }
    }
    if !mistakes.is_empty() {
        return Err(Wrong { exit_code: 2, text: mistakes.join("\n") });
    }
    if !foreign.is_empty() {
        let shown: Vec<&str> = foreign.iter().take(5).map(String::as_str).collect();
        let more = if foreign.len() > shown.len() { ", ..." } else { "" };
        notes.push(format!("{}: no series of the configuration: {}{more}", folder.display(), shown.join(", ")));
    }
    note_missing(&recordings, setups, notes);
    Ok(History { name: folder.display().to_string(), kept: Kept::Recordings(recordings) })
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Wrong> {
    for entry in fs::read_dir(folder).map_err(|error| Wrong::io(folder, &error))? {
        let path = entry.map_err(|error| Wrong::io(folder, &error))?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "csv") && path.file_name() != Some(INDEX.as_ref()) {
            files.push(path);
        }
    }
    Ok(())
}

/// The series of each file that `index.csv` names, by its path below the folder.
fn index(folder: &Path) -> Result<BTreeMap<String, String>, Wrong> {
    let path = folder.join(INDEX);
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let wrong = |text: String| Wrong { exit_code: 2, text: format!("{}{text}", path.display()) };
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(&path).map_err(|e| wrong(format!(": {e}")))?;
    let headers = reader.headers().map_err(|error| wrong(format!(": {error}")))?.clone();
    let place = |name: &str| headers.iter().position(|header| header == name);
    let (Some(file), Some(series)) = (place("file"), place("series")) else {
        return Err(wrong(":1: the first line must name the columns; write \"file,series\"".to_owned()));
    };
    let mut index = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(format!(": {error}")))?;
        let line = record.position().map_or(0, csv::Position::line);
        let (file, series) = (record.get(file).unwrap_or_default(), record.get(series).unwrap_or_default());
        if let Err(error) = series.parse::<SeriesId>() {
            return Err(wrong(format!(":{line}: series {series:?}: {error}; write <service>/<series>")));
        }
        if !folder.join(file).is_file() {
            return Err(wrong(format!(":{line}: file {file:?} is not in the folder")));
        }
        index.insert(file.to_owned(), series.to_owned());
    }
    Ok(index)
}

/// The rows as a number a period. Several of one period become one, as the series' statistic says.
fn recording(series: &Series, mut rows: Vec<Row>, notes: &mut Vec<String>) -> Result<Option<Recording>, String> {
    rows.retain(|row| row.value.is_finite());
    rows.sort_by_key(|row| row.at);
    let wide = wider(series.period, &rows);
    let mut points: Vec<(Time, f64, u32)> = Vec::with_capacity(rows.len());
    for row in &rows {
        let at = row.at.floor(series.period);
        match points.last_mut() {
            Some((last, value, count)) if *last == at => {
                *value = join(series, *value, row.value);
                *count += 1;
            }
            _ => points.push((at, row.value, 1)),
        }
    }
    let id = &series.id;
    if points.iter().any(|(.., count)| *count > 1) {
        let how = word(series);
        notes.push(format!(
            "{id}: {} rows are joined into {} periods of {} ({how})",
            rows.len(),
            points.len(),
            series.period
        ));
    } else if let Some(wide) = wide {
        let period = series.period;
        notes.push(format!(
            "{id}: has a row each {wide}, the series a period of {period}: what lies between has no data"
        ));
    }
    let means = word(series) == "mean";
    let value = |(at, value, count): (Time, f64, u32)| (at, if means { value / f64::from(count) } else { value });
    let empty = points.is_empty();
    let found = Recording::of(series.period, points.into_iter().map(value));
    if found.is_none() && !empty {
        return Err(format!("spans more than {} periods of {}", Recording::PERIODS_MAX, series.period));
    }
    Ok(found)
}

/// The usual distance of rows, where it is longer than the period.
fn wider(period: Span, rows: &[Row]) -> Option<Span> {
    let mut distances: Vec<Span> = rows.windows(2).map(|pair| pair[1].at.since(pair[0].at)).collect();
    distances.sort();
    distances.get(distances.len() / 2).copied().filter(|usual| *usual > period)
}

/// What becomes of several rows of one period.
fn word(series: &Series) -> &'static str {
    let statistic = match &series.query {
        Query::CloudWatch { statistic, .. } => *statistic,
        Query::Pushed(pushed) => pushed.statistic,
        _ => Statistic::Average,
    };
    match statistic {
        Statistic::Sum | Statistic::SampleCount => "sum",
        Statistic::Minimum => "lowest",
        Statistic::Maximum | Statistic::Percentile(_) => "highest",
        Statistic::Average => "mean",
    }
}

fn join(series: &Series, known: f64, more: f64) -> f64 {
    match word(series) {
        "lowest" => known.min(more),
        "highest" => known.max(more),
        _ => known + more,
    }
}
