//! `tocsin backtest`: which alerts and pages a configuration would have sent.

mod cache;
mod csv;
mod fail_on;
mod fetch;
mod history;
mod json;
mod labels;
mod picture;
mod progress;
mod svg;
mod terminal;
mod text;

use std::path::{Path, PathBuf};

use domain::metric::{Asked, Outcome};
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::backtest::{Difference, Label, Report, Stretch, compare, replay, warm_up};

use crate::check::check;
use crate::detect::Wrong;
use crate::{Format, print};
use fail_on::{FailOn, Met};
use fetch::Place;
use history::{History, Kept, note_missing, recordings};
use picture::{Beside, Picture};
use progress::Progress;

/// So much is looked at where nothing else is said.
const DEFAULT_RANGE: Span = Span::DAY.times(7);

/// What is asked of a backtest.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The configuration to try.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The configuration of today, to see what changes.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Where history comes from: a folder of CSV files, <service>/<series>.csv with the columns timestamp and value; or
    /// cloudwatch, prometheus, or store, which is what Tocsin has collected itself. AWS is asked with the credentials and
    /// the region of the environment.
    #[arg(long, value_name = "DIR|cloudwatch|prometheus|store")]
    history: PathBuf,
    /// With --history store: the table of metrics.
    #[arg(long, value_name = "NAME", default_value = "tocsin-metrics")]
    table_metrics: String,
    /// With --history store: how many shards there are, the Terraform variable of the same name.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    shards: u32,
    /// Where fetched history is kept, to be asked for once. Default: tocsin/history in the user's cache.
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Fetch anew, and keep nothing.
    #[arg(long, conflicts_with = "cache")]
    no_cache: bool,
    /// Start of the range, such as 2026-01-31 or 2026-01-31T14:00:00Z. Default: as soon as the monitors know enough.
    #[arg(long, value_parser = time)]
    from: Option<Time>,
    /// End of the range. Default: the end of the history.
    #[arg(long, value_parser = time)]
    to: Option<Time>,
    /// How much history before the range is fed silently, such as 14d. Default: what the monitors need.
    #[arg(long, value_name = "SPAN")]
    warm_up: Option<Span>,
    /// What really happened: a CSV file with the columns service, start and end, and name if you like.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with 1 when this holds of the new configuration, such as "pages>3/week", "missed>0" or "delay>10m". More than
    /// one may be given.
    #[arg(long, value_name = "EXPRESSION")]
    fail_on: Vec<FailOn>,
    /// Write the tables, the JSON and, with --plot, a picture of each monitor into this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Draw what each monitor saw, its limits, what was expected and when it fired: as SVG with --out, else in characters.
    #[arg(long)]
    plot: bool,
}

/// A configuration and what it would have done.
struct Run {
    name: String,
    report: Report,
}

/// Everything that is shown.
struct Findings {
    from: Time,
    until: Time,
    /// History before the range that was fed, and how much was wanted.
    warmed: (Span, Span),
    after: Run,
    before: Option<(Run, Difference)>,
    met: Vec<Met>,
    notes: Vec<String>,
    pictures: Vec<Picture>,
}

fn time(text: &str) -> Result<Time, String> {
    let day = format!("{text}T00:00:00Z");
    let found = crate::detect::read::time(text).or_else(|| crate::detect::read::time(&day));
    found.ok_or_else(|| "write 2026-01-31 or 2026-01-31T14:00:00Z".to_owned())
}

/// Runs the configurations, prints what they would have done, and returns the exit code.
pub(crate) fn backtest(arguments: &Arguments) -> u8 {
    match outcome(arguments) {
        Ok(outcome) => {
            if let Some(wrong) = arguments.out.as_deref().and_then(|out| write(out, &outcome).err()) {
                eprintln!("{}", wrong.text);
                return 2;
            }
            print(&match arguments.format {
                Format::Text => text::text(&outcome),
                Format::Json => json::json(&outcome),
            });
            if arguments.out.is_none() && matches!(arguments.format, Format::Text) {
                print(&outcome.pictures.iter().map(terminal::text).collect::<String>());
            }
            for met in outcome.met.iter().filter(|met| met.holds) {
                eprintln!("{met}");
            }
            u8::from(outcome.met.iter().any(|met| met.holds))
        }
        Err(wrong) => {
            eprintln!("{}", wrong.text.trim_end());
            // 1 says that a condition is met, and nothing else.
            2
        }
    }
}

fn outcome(arguments: &Arguments) -> Result<Findings, Wrong> {
    let setups = setups(arguments)?;
    fail_on::check(&arguments.fail_on, arguments.labels.is_some(), arguments.against.is_some())?;
    let labels = arguments.labels.as_deref().map(labels::labels).transpose()?;
    let mut notes = Vec::new();
    let all: Vec<&Setup> = setups.iter().map(|(_, setup)| setup).collect();
    let wanted = arguments.warm_up.unwrap_or_else(|| all.iter().map(|setup| warm_up(setup)).max().unwrap_or_default());
    let history = match arguments.history.to_str().and_then(Place::named) {
        None => csv::read(&arguments.history, &all, &mut notes)?,
        Some(place) => fetched(arguments, place, &all, wanted, &mut notes)?,
    };
    let range = range(arguments, &history, wanted)?;
    let Range { from, until, begin } = range;
    let mut progress = Progress::of(&all, range.stretch());
    let mut runs = Vec::new();
    for (name, setup) in &setups {
        runs.push(run(name, setup, &history, range, labels.as_deref(), &mut progress));
    }
    progress.end();
    let before = if runs.len() > 1 { runs.pop() } else { None };
    let after = runs.pop().expect("one configuration must be given");
    let before = before.map(|before| {
        let difference = compare(&before.report, &after.report);
        (before, difference)
    });
    let met = arguments.fail_on.iter().map(|fail_on| fail_on.judge(&after.report, before.as_ref().map(|(_, d)| d)));
    let met = met.collect();
    let pictures = if arguments.plot {
        let beside = Beside { before: before.as_ref().map(|(run, _)| &*run.report.firings), labels: labels.as_deref() };
        pictures(&setups[0].1, &history, range, &after.report, &beside)
    } else {
        Vec::new()
    };
    Ok(Findings { from, until, warmed: (from.since(begin), wanted), after, before, met, notes, pictures })
}

/// A picture of each monitor that tells people something, and of each budget.
fn pictures(setup: &Setup, history: &History, range: Range, report: &Report, beside: &Beside<'_>) -> Vec<Picture> {
    let recordings = history.recordings();
    let times = || (range.stretch(), (range.from, range.until));
    let of = |monitor| Picture::of(setup, monitor, recordings, times(), &report.firings, beside);
    let monitors = setup.monitors.iter().filter(|monitor| !monitor.quiet).filter_map(of);
    let of_budget = |slo| Picture::of_budget(setup, slo, recordings, times(), &report.firings);
    monitors.chain(setup.slos.iter().map(of_budget)).collect()
}

fn write(folder: &Path, outcome: &Findings) -> Result<(), Wrong> {
    std::fs::create_dir_all(folder).map_err(|error| Wrong::io(folder, &error))?;
    let texts = [("backtest.txt".to_owned(), text::text(outcome)), ("backtest.json".to_owned(), json::json(outcome))];
    let pictures = outcome.pictures.iter();
    let pictures = pictures.map(|picture| (format!("{}.svg", picture.name.replace('/', "-")), svg::svg(picture)));
    for (name, text) in texts.into_iter().chain(pictures) {
        let file = folder.join(name);
        std::fs::write(&file, text).map_err(|error| Wrong::io(&file, &error))?;
    }
    Ok(())
}

/// History from elsewhere, out of the cache where it was fetched before.
fn fetched(
    arguments: &Arguments,
    place: Place,
    setups: &[&Setup],
    wanted: Span,
    notes: &mut Vec<String>,
) -> Result<History, Wrong> {
    let until = arguments.to.unwrap_or_else(shell::now).floor(Span::MINUTE);
    let from = arguments.from.unwrap_or(until - DEFAULT_RANGE).floor(Span::MINUTE);
    let range = (from - wanted, until);
    let cached = cache::file(arguments.cache.as_deref(), place.word(), setups, range).filter(|_| !arguments.no_cache);
    let known = cached.as_deref().map(cache::read).transpose()?.flatten();
    let is_known = known.is_some();
    let chunks = match (known, place) {
        (Some(chunks), _) => chunks,
        (None, Place::Store) => fetch::chunks(&arguments.table_metrics, arguments.shards, range)?,
        (None, place) => fetch::samples(place, setups, range, notes)?,
    };
    if let Some(file) = cached.filter(|_| !is_known) {
        let bytes = cache::write(&file, &chunks)?;
        let samples = |asked: &Asked| if let Outcome::Read(samples) = &asked.outcome { samples.len() } else { 0 };
        let points: usize = chunks.iter().flat_map(|chunk| &chunk.asked).map(samples).sum();
        let each = bytes as f64 / points.max(1) as f64;
        eprintln!("{}: keeps {points} points in {bytes} bytes, {each:.1} a point", file.display());
    }
    let recordings = recordings(&chunks, setups);
    let kept = if place == Place::Store {
        Kept::Chunks(chunks, arguments.shards, recordings)
    } else {
        note_missing(&recordings, setups, notes);
        Kept::Recordings(recordings)
    };
    Ok(History { name: format!("--history {}", place.word()), kept })
}

/// The new configuration, and the old one where there is one.
fn setups(arguments: &Arguments) -> Result<Vec<(String, Setup)>, Wrong> {
    let files: Vec<&Path> = std::iter::once(&*arguments.config).chain(arguments.against.as_deref()).collect();
    let checked: Vec<_> = files.iter().map(|file| check(file, 1)).collect();
    if checked.iter().any(|checked| checked.setup().is_none()) {
        let bad: Vec<_> = checked.into_iter().filter(|checked| checked.setup().is_none()).collect();
        return Err(Wrong { exit_code: 2, text: crate::check::text(&bad) });
    }
    let named = files.iter().zip(&checked);
    Ok(named.filter_map(|(file, checked)| Some((file.display().to_string(), checked.setup()?.clone()))).collect())
}

/// The range that is looked at, and where feeding begins.
#[derive(Clone, Copy)]
struct Range {
    begin: Time,
    from: Time,
    until: Time,
}

impl Range {
    const fn stretch(self) -> Stretch {
        Stretch { begin: self.begin, until: self.until }
    }
}

fn range(arguments: &Arguments, history: &History, wanted: Span) -> Result<Range, Wrong> {
    let wrong = |text: String| Wrong { exit_code: 2, text };
    let (first, last) = history.extent().ok_or_else(|| wrong(history.nothing()))?;
    let until = arguments.to.unwrap_or(last).floor(Span::MINUTE);
    let soonest = if wanted < last.since(first) { first + wanted } else { first };
    let from = arguments.from.unwrap_or(soonest).floor(Span::MINUTE);
    if from >= until {
        return Err(wrong(format!(
            "--from {from} is not before --to {until}; the history goes from {first} to {last}"
        )));
    }
    if from >= last || until <= first {
        return Err(wrong(format!(
            "the history goes from {first} to {last}, outside of {from} to {until}; change --from and --to"
        )));
    }
    let begin = (from - wanted).max(first).min(from).floor(Span::MINUTE);
    Ok(Range { begin, from, until })
}

fn run(
    name: &str,
    setup: &Setup,
    history: &History,
    range: Range,
    labels: Option<&[Label]>,
    progress: &mut Progress,
) -> Run {
    let Range { from, until, .. } = range;
    let told = match &history.kept {
        Kept::Recordings(recordings) => {
            engine::backtest::run(setup, recordings, range.stretch(), &mut |points| progress.add(points))
        }
        Kept::Chunks(chunks, shards, _) => {
            let fed = chunks.iter().filter(|chunk| chunk.tick >= range.begin && chunk.tick <= until);
            replay(setup, *shards, fed.inspect(|chunk| progress.add(chunk.asked.len() as u64)), until)
        }
    };
    let report = Report::of(setup, &told, (from, until), labels);
    Run { name: name.to_owned(), report }
}
