//! `tocsin lint`: what can never fire, and what reaches nobody.

mod history;
mod live;
mod report;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use config::{Places, Reading};
use domain::setup::Setup;
use domain::units::Time;
use lint::{At, Finding, Level, Rule};

use crate::check::load;
use crate::on_call::now;
use crate::{Format, print};
use live::Live;
use report::{Placed, Report};

/// What is asked about.
#[derive(Args)]
pub(crate) struct Asked {
    /// The first file of each configuration, such as tocsin.yaml.
    files: Vec<PathBuf>,
    /// Recorded series of the configuration: a folder with a file <service>/<series>.csv for each, with the columns
    /// timestamp and value.
    #[arg(long, value_name = "FOLDER", requires = "files")]
    history: Option<PathBuf>,
    /// A plan or state of Terraform, as terraform show -json writes it. May be said several times.
    #[arg(long, value_name = "FILE")]
    terraform: Vec<PathBuf>,
    /// The account that the environment has credentials of: its alarms, and what it knows of the configuration's series
    /// since 15 days. Nothing is changed.
    #[arg(long, conflicts_with = "history")]
    live: bool,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// From which level on findings make the exit code 1.
    #[arg(long, value_enum, default_value_t = Deny::Warn)]
    deny: Deny,
    /// A rule that is left out, such as unused-series. May be said several times.
    #[arg(long, value_name = "RULE", value_parser = rule)]
    allow: Vec<Rule>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Deny {
    /// Whatever is found.
    Note,
    /// What is most likely not meant.
    Warn,
    /// What does not do what it is there for.
    Error,
    /// Nothing.
    None,
}

impl Deny {
    const fn level(self) -> Option<Level> {
        match self {
            Self::Note => Some(Level::Note),
            Self::Warn => Some(Level::Warn),
            Self::Error => Some(Level::Error),
            Self::None => None,
        }
    }
}

fn rule(text: &str) -> Result<Rule, String> {
    let known = || Rule::ALL.iter().map(|rule| rule.id()).collect::<Vec<_>>().join(", ");
    Rule::named(text).ok_or_else(|| format!("write one of {}", known()))
}

/// Prints what is found, and returns the exit code.
pub(crate) fn lint(asked: &Asked) -> u8 {
    let report = match look(asked) {
        Ok(report) => report,
        Err(wrong) => {
            eprintln!("{}", wrong.join("\n"));
            return 2;
        }
    };
    let denied =
        asked.deny.level().is_some_and(|level| report.findings.iter().any(|placed| placed.finding.level >= level));
    print(&match asked.format {
        Format::Text => report.text(),
        Format::Json => report.json(!denied),
    });
    denied.into()
}

/// Everything that is found, or all that cannot be read.
fn look(asked: &Asked) -> Result<Report, Vec<String>> {
    let (mut report, mut wrong) = (Report::default(), Vec::new());
    let live = if asked.live { Some(Live::new().map_err(|missing| vec![missing])?) } else { None };
    for file in &asked.files {
        match of_configuration(file, asked.history.as_deref(), live.as_ref()) {
            Ok(found) => report.add(found),
            Err(mistakes) => wrong.extend(mistakes),
        }
    }
    for file in &asked.terraform {
        match of_terraform(file) {
            Ok(found) => report.add(found),
            Err(mistake) => wrong.push(format!("{}: {mistake}", file.display())),
        }
    }
    if let Some(live) = &live {
        match of_account(live) {
            Ok(found) => report.add(found),
            Err(mistake) => wrong.push(mistake),
        }
    }
    report.findings.retain(|placed| !asked.allow.contains(&placed.finding.rule));
    if wrong.is_empty() { Ok(report) } else { Err(wrong) }
}

fn of_configuration(file: &Path, history: Option<&Path>, live: Option<&Live>) -> Result<Vec<Placed>, Vec<String>> {
    let (setup, places) = read(file).map_err(|mistakes| vec![mistakes])?;
    let history = match live {
        None => history::of(&setup, history)?,
        Some(live) => {
            let (history, unread) = live.history(&setup);
            tell(&unread);
            Some(history)
        }
    };
    let at_place = |finding: Finding| {
        let location = match &finding.at {
            At::Setup(part) => Some(places.find(part).clone()),
            _ => None,
        };
        Placed { file: file.display().to_string(), location, finding }
    };
    Ok(lint::setup(&setup, history.as_ref(), now()).into_iter().map(at_place).collect())
}

fn of_terraform(file: &Path) -> Result<Vec<Placed>, String> {
    let text = load(file)?;
    let document = serde_json::from_str(&text)
        .map_err(|error| format!("is not JSON ({error}); write it with terraform show -json [PLAN]"))?;
    let facts = lint::terraform::read(&document)?;
    let placed = |finding| Placed { file: file.display().to_string(), location: None, finding };
    Ok(lint::alarm::alarms(&facts, Time::default()).into_iter().map(placed).collect())
}

fn of_account(live: &Live) -> Result<Vec<Placed>, String> {
    let account = live.account()?;
    tell(&account.unread);
    let placed = |finding| Placed { file: "account".to_owned(), location: None, finding };
    Ok(lint::alarm::alarms(&account.facts, live.now).into_iter().map(placed).collect())
}

/// Says what could not be read, and so is not judged.
fn tell(unread: &[String]) {
    for line in unread {
        eprintln!("not read: {line}");
    }
}

fn read(file: &Path) -> Result<(Setup, Places), String> {
    let mut reading = Reading::of(&file.display().to_string());
    while let Some(name) = reading.wanted() {
        let text = load(Path::new(name));
        reading.give(text);
    }
    reading.finish_placed(None).map_err(|mistakes| mistakes.to_string())
}
