//! `tocsin`: what a team asks of its configuration before it applies it.

mod backtest;
mod check;
mod cost;
mod detect;
mod drill;
mod exchange;
mod explain;
mod gate;
mod incident;
mod judge;
mod lint;
mod on_call;
mod preview;
mod reach;
mod report;
mod silence;
mod simulate;
mod templates;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use domain::anomaly::{Direction, Tuning};

/// Check what Tocsin is told to watch, before it is applied.
#[derive(Parser)]
#[command(name = "tocsin", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Know which pages a change would have sent: run a configuration over history, as the deployed functions would have.
    /// Exit code: 0 done, 1 a --fail-on is met, 2 something cannot be read.
    #[command(arg_required_else_help = true)]
    Backtest(backtest::Arguments),
    /// Find every mistake in configurations and the files they include. Exit code: 0 all are sound, 1 mistakes were
    /// found, 2 a file cannot be read.
    #[command(arg_required_else_help = true)]
    Check {
        /// The first file of each configuration, such as tocsin.yaml.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// How many shards the services are spread over: the Terraform variable of the same name.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        shards: u32,
    },
    /// What a configuration costs a month on AWS: by source, pace and monitor, with the formulas, and for 10 to 100,000
    /// series of the same mix. Exit code as for check.
    #[command(arg_required_else_help = true)]
    Cost {
        /// The first file of the configuration, such as tocsin.yaml.
        file: PathBuf,
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// How many shards the services are spread over: the Terraform variable of the same name.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        shards: u32,
    },
    /// Try the anomaly monitor on recorded series: CSV files with the columns timestamp and value. Exit code: 0 all
    /// were judged, 1 a row cannot be read, 2 a file cannot be read or written.
    ///
    /// Prints `timestamp,value,anomaly_score,alarm,explanation`, one row for each row read: scores from 0 to 1, 0.5 and
    /// more for alarms. A row's score depends on the rows before it alone.
    #[command(arg_required_else_help = true)]
    Detect {
        /// A file, or a folder whose CSV files are read, and those of its subfolders.
        path: PathBuf,
        /// Where to write the results, under the names of what was read. Default for a file: standard output.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Draw each series beside its result, with the band, what was expected and the alarms, as SVG.
        #[arg(long, requires = "out")]
        plot: bool,
        /// How much every sign counts: above 1 more is told, below 1 less.
        #[arg(long, default_value_t = 1.0, value_parser = detect::sensitivity)]
        sensitivity: f64,
        /// Which side of what is expected is told.
        #[arg(long, value_enum, default_value_t = Side::Both)]
        side: Side,
    },
    /// Send a marked breach the whole way, from collection to a person's acknowledgement, through the deployed functions, and
    /// print when each hop was done. People are called as for a real one. Exit code: 0 it passed, 1 it broke, 2 it cannot be
    /// asked for, 3 it still runs.
    #[command(arg_required_else_help = true)]
    Drill(drill::Arguments),
    /// Say the objectives of a configuration in the words of another tool. Exit code: 0 all of it is said, 1 part of it
    /// cannot be, 2 the configuration cannot be read.
    #[command(arg_required_else_help = true)]
    Export {
        /// The other tool.
        #[arg(value_enum)]
        format: exchange::Into,
        /// The first file of the configuration, such as tocsin.yaml.
        file: PathBuf,
    },
    /// Make a configuration of the objectives or routes of another tool. What cannot be carried over is told line by line on
    /// standard error. Exit code: 0 all is carried over, 1 part of it is not, 2 the file cannot be read.
    #[command(arg_required_else_help = true)]
    Import(exchange::From),
    /// Ask the deployed API why an alert was told, or was not: routes, groups, what holds it back and until when, receipts,
    /// and who is called. Exit code: 0 told, 2 it cannot be asked.
    #[command(arg_required_else_help = true)]
    Explain(explain::Asked),
    /// Ask the deployed API whether a service may be changed: not while an error budget is spent. Exit code: 0 the gate is open,
    /// 1 it is closed, 2 it cannot be asked, 3 nobody knows what is left.
    #[command(arg_required_else_help = true)]
    Gate(gate::Arguments),
    /// Ask the deployed API which incidents there are and what one is about; take one, hand it on, end it, decide about its
    /// actions, and say which are one: merge, split, dismiss.
    /// Exit code: 0 done, 2 it cannot be.
    #[command(arg_required_else_help = true)]
    Incident(incident::Arguments),
    /// Try how monitored events are judged: a file with one JSON object a line, as services push them, oldest first.
    /// Exit code: 0 all were judged, 1 a line or the configuration has mistakes, 2 a file cannot be read or written.
    ///
    /// Prints a verdict for each event, as JSON, one a line, and a summary. An event is held against those before it.
    #[command(arg_required_else_help = true)]
    Judge {
        /// The file.
        file: PathBuf,
        /// The configuration whose rules and limits are used beside those that always hold.
        #[arg(long)]
        config: Option<PathBuf>,
        /// Where to write the verdicts; default standard output.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Draw the severities over time into this file, as SVG.
        #[arg(long)]
        plot: Option<PathBuf>,
    },
    /// Find what is sound and still useless: alarms that can never fire, alerts that reach nobody. Exit code: 0 nothing was
    /// found, 1 something was, 2 what is asked about cannot be read.
    #[command(arg_required_else_help = true)]
    Lint(lint::Asked),
    /// Who is on call by a configuration, and who is next; overrides are the deployed API's, and count where its address is
    /// said. Exit code: 0 told, 1 mistakes, 2 a file cannot be read, there is no such schedule, or the API cannot be asked.
    #[command(arg_required_else_help = true)]
    OnCall(on_call::Arguments),
    /// Ask the deployed API how incidents were worked on: times to acknowledge and to resolve, pages, and what calls for
    /// nothing. Exit code: 0 told, 2 it cannot be asked.
    Report(report::Arguments),
    /// See what each channel would be told of an incident, from its begin to its end, with the templates of a
    /// configuration. Exit code: 0 shown, 1 mistakes, 2 a file cannot be read or there is no such channel.
    #[command(arg_required_else_help = true)]
    Preview {
        /// The first file of the configuration, such as tocsin.yaml.
        file: PathBuf,
        /// Only this channel.
        #[arg(long, conflicts_with = "person")]
        channel: Option<String>,
        /// What this person reads who is called, and is asked how it stands, by each of their addresses.
        #[arg(long)]
        person: Option<String>,
        /// Only of this kind of event, such as incident.opened.
        #[arg(long)]
        event: Option<String>,
        /// A page for the browser instead of text.
        #[arg(long)]
        html: bool,
    },
    /// See where a configuration sends an alert at any time: the routes it takes and why, what mutes them, who is told and
    /// called when. Exit code: 0 told, 1 mistakes, 2 a file or a label cannot be read.
    #[command(arg_required_else_help = true)]
    Route(explain::Routed),
    /// Print the JSON Schema of the configuration, for editors.
    Schema,
    /// Silence alerts for a while, list silences, or end one, by the deployed API. Exit code: 0 done, 2 it cannot be.
    #[command(arg_required_else_help = true)]
    Silence(silence::Arguments),
    /// Test what Tocsin would do: play a scenario against a configuration, on a clock that is moved by hand. Exit code: 0
    /// all that is expected happens, 1 it does not, 2 something cannot be read.
    ///
    /// Prints every transition of a monitor, alert, change of an incident and notification as JSON, one a line.
    #[command(arg_required_else_help = true)]
    Simulate {
        /// The first file of the configuration, such as tocsin.yaml.
        config: PathBuf,
        /// The scenario.
        scenario: PathBuf,
        /// Print nothing but what is not as expected.
        #[arg(long)]
        quiet: bool,
    },
    /// Find the templates of a log: which lines are the same sentence with other values. Exit code: 0 found, 2 the file
    /// cannot be read or written.
    ///
    /// Prints `line,template_id,template`, one row for each line read, and a summary. Timestamp, level and the like at
    /// the beginning of a line do not count; of a line of JSON the names of its fields and its message do.
    #[command(arg_required_else_help = true)]
    Templates {
        /// The log, a line for each entry.
        file: PathBuf,
        /// Where to write the rows; the summary is then printed. Default: rows are printed, the summary goes to
        /// standard error.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Side {
    /// Above and below.
    Both,
    /// Above.
    Up,
    /// Below.
    Down,
}

impl From<Side> for Direction {
    fn from(side: Side) -> Self {
        match side {
            Side::Both => Self::Both,
            Side::Up => Self::Up,
            Side::Down => Self::Down,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Backtest(arguments) => backtest::backtest(&arguments).into(),
        Command::Check { files, format, shards } => {
            let checked: Vec<_> = files.iter().map(|file| check::check(file, shards)).collect();
            print(&match format {
                Format::Text => check::text(&checked),
                Format::Json => check::json(&checked),
            });
            checked.iter().map(check::Checked::exit_code).max().unwrap_or(0).into()
        }
        Command::Cost { file, format, shards } => cost::cost(&file, shards, format).into(),
        Command::Detect { path, out, plot, sensitivity, side } => {
            let tuning = Tuning { direction: side.into(), ..Tuning::default() }.sensitive(sensitivity);
            detect::detect(&path, out.as_deref(), plot, &tuning).into()
        }
        Command::Export { format, file } => exchange::export(format, &file).into(),
        Command::Import(from) => exchange::import(&from).into(),
        Command::Explain(asked) => explain::explain(&asked).into(),
        Command::Drill(arguments) => drill::drill(&arguments).into(),
        Command::Gate(arguments) => gate::gate(&arguments).into(),
        Command::Incident(arguments) => incident::incident(&arguments).into(),
        Command::Judge { file, config, out, plot } => {
            judge::judge(&file, config.as_deref(), out.as_deref(), plot.as_deref()).into()
        }
        Command::Lint(asked) => lint::lint(&asked).into(),
        Command::OnCall(asked) => on_call::on_call(&asked).into(),
        Command::Report(arguments) => report::report(&arguments).into(),
        Command::Preview { file, channel, person, event, html } => {
            let wanted =
                preview::Wanted { channel: channel.as_deref(), person: person.as_deref(), event: event.as_deref() };
            preview::preview(&file, wanted, html).into()
        }
        Command::Route(asked) => explain::route(&asked).into(),
        Command::Schema => {
            print(&format!("{:#}\n", config::schema()));
            ExitCode::SUCCESS
        }
        Command::Silence(arguments) => silence::silence(&arguments).into(),
        Command::Simulate { config, scenario, quiet } => simulate::simulate(&config, &scenario, quiet).into(),
        Command::Templates { file, out } => templates::templates(&file, out.as_deref()).into(),
    }
}

/// Prints `text`. A reader that has gone, such as `head`, has seen enough.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Whether two names are those of one file.
fn same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
