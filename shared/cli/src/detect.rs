//! `tocsin detect`: the anomaly monitor on one's own data.

mod plot;
pub(crate) mod read;

use std::fs;
use std::path::{Path, PathBuf};

use domain::anomaly::{Detector, Tuning, Verdict, sampling_interval};
use domain::units::Span;

pub(crate) use plot::clock;
use read::Row;

/// More than this is more than anyone wants told; less, and nothing is.
const SENSITIVITY: std::ops::RangeInclusive<f64> = 0.1..=10.0;

/// Reads the argument of that name.
pub(crate) fn sensitivity(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| SENSITIVITY.contains(number));
    number.ok_or_else(|| format!("write a number from {} to {}", SENSITIVITY.start(), SENSITIVITY.end()))
}

/// A file that is read, and the name its result has under the folder for results.
struct Source {
    path: PathBuf,
    name: PathBuf,
}

/// What was wrong, for people, and the exit code it is worth.
pub(crate) struct Wrong {
    pub(crate) exit_code: u8,
    pub(crate) text: String,
}

impl Wrong {
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        Self { exit_code: 2, text: format!("{}: {error}", path.display()) }
    }
}

/// Judges every series under `path`, and returns the exit code. A file that cannot be judged does not keep the others.
pub(crate) fn detect(path: &Path, out: Option<&Path>, plot: bool, tuning: &Tuning) -> u8 {
    let sources = match sources(path, out.is_some()) {
        Ok(sources) => sources,
        Err(wrong) => {
            eprintln!("{}", wrong.text);
            return wrong.exit_code;
        }
    };
    let mut exit_code = 0;
    for source in &sources {
        match one(source, out, plot, tuning) {
            Ok(summary) => eprintln!("{summary}"),
            Err(wrong) => {
                eprintln!("{}", wrong.text);
                exit_code = exit_code.max(wrong.exit_code);
            }
        }
    }
    exit_code
}

fn sources(path: &Path, has_out: bool) -> Result<Vec<Source>, Wrong> {
    if !path.is_dir() {
        let name = path.file_name().map(PathBuf::from).unwrap_or_default();
        return Ok(vec![Source { path: path.to_owned(), name }]);
    }
    if !has_out {
        let text = format!("{}: is a folder; say with --out where its results go", path.display());
        return Err(Wrong { exit_code: 2, text });
    }
    let mut found = Vec::new();
    collect(path, path, &mut found)?;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    if found.is_empty() {
        return Err(Wrong { exit_code: 2, text: format!("{}: holds no file that ends in .csv", path.display()) });
    }
    Ok(found)
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) -> Result<(), Wrong> {
    for entry in fs::read_dir(folder).map_err(|error| Wrong::io(folder, &error))? {
        let path = entry.map_err(|error| Wrong::io(folder, &error))?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "csv") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_owned();
            found.push(Source { path, name });
        }
    }
    Ok(())
}

/// Judges one series, writes the result, and says in a line what was found.
fn one(source: &Source, out: Option<&Path>, plot: bool, tuning: &Tuning) -> Result<String, Wrong> {
    let rows = read::rows(&source.path)?;
    let verdicts = judge(&rows, tuning);
    let table = table(&rows, &verdicts);
    match out {
        None => crate::print(&table),
        Some(out) => {
            let file = out.join(&source.name);
            if crate::same_file(&file, &source.path) {
                let text = format!("{}: would be overwritten; name another folder with --out", source.path.display());
                return Err(Wrong { exit_code: 2, text });
            }
            write(&file, &table)?;
            if plot {
                write(&file.with_extension("svg"), &plot::svg(&source.name.display().to_string(), &rows, &verdicts))?;
            }
        }
    }
    Ok(summary(source, &rows, &verdicts))
}

/// The verdict on each row; `None` while the detector only learns.
fn judge(rows: &[Row], tuning: &Tuning) -> Vec<Option<Verdict>> {
    let interval = sampling_interval(rows.iter().map(|row| row.at)).unwrap_or(Span::MINUTE);
    let mut detector = Detector::new(interval);
    let judged = rows.iter().map(|row| {
        let learning = detector.is_learning();
        let verdict = detector.observe(row.value, tuning, row.at);
        (!learning).then_some(verdict)
    });
    judged.collect()
}

fn table(rows: &[Row], verdicts: &[Option<Verdict>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut row = |fields: [&str; 5]| writer.write_record(fields).expect("memory takes all");
    row(["timestamp", "value", "anomaly_score", "alarm", "explanation"]);
    for (Row { timestamp, written, .. }, verdict) in rows.iter().zip(verdicts) {
        let (score, alarm) = verdict.map_or((0.0, false), |verdict| (verdict.score, verdict.alarm));
        let explanation = match verdict {
            None => "learning".to_owned(),
            Some(verdict) if verdict.alarm => verdict.to_string(),
            Some(_) => String::new(),
        };
        row([timestamp, written, &format!("{score:.6}"), if alarm { "true" } else { "false" }, &explanation]);
    }
    String::from_utf8(writer.into_inner().expect("memory is flushed")).expect("text in, text out")
}

fn summary(source: &Source, rows: &[Row], verdicts: &[Option<Verdict>]) -> String {
    let alarms =
        || rows.iter().zip(verdicts).filter_map(|(row, verdict)| Some((row, (*verdict)?))).filter(|(_, v)| v.alarm);
    let learning = verdicts.iter().filter(|verdict| verdict.is_none()).count();
    let count = alarms().count();
    let plural = if count == 1 { "" } else { "s" };
    let name = source.path.display();
    let first = format!("{name}: {} rows, {learning} of them to learn from, {count} alarm{plural}", rows.len());
    let told = alarms().map(|(row, verdict)| format!("  {} {}: {verdict}", row.timestamp, row.written));
    std::iter::once(first).chain(told).collect::<Vec<_>>().join("\n")
}

fn write(file: &Path, text: &str) -> Result<(), Wrong> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| Wrong::io(folder, &error))?;
    fs::write(file, text).map_err(|error| Wrong::io(file, &error))
}
