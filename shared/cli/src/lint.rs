//! `tocsin lint`: what can never fire, and what reaches nobody.

mod history;
mod report;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use config::{Places, Reading};
use domain::setup::Setup;
use lint::{At, Level, Rule};

use crate::check::load;
use crate::{Format, print};
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
    let mut wrong = Vec::new();
    let mut report = Report::default();
    for file in &asked.files {
        match read(file) {
            Err(mistakes) => wrong.push(mistakes),
            Ok((setup, places)) => match history::of(&setup, asked.history.as_deref()) {
                Err(mistakes) => wrong.extend(mistakes),
                Ok(history) => {
                    let found = lint::setup(&setup, history.as_ref());
                    report.add(found.into_iter().map(|finding| {
                        let location = match &finding.at {
                            At::Setup(part) => Some(places.find(part).clone()),
                            _ => None,
                        };
                        Placed { file: file.display().to_string(), location, finding }
                    }));
                }
            },
        }
    }
    report.findings.retain(|placed| !asked.allow.contains(&placed.finding.rule));
    if wrong.is_empty() { Ok(report) } else { Err(wrong) }
}

fn read(file: &Path) -> Result<(Setup, Places), String> {
    let mut reading = Reading::of(&file.display().to_string());
    while let Some(name) = reading.wanted() {
        let text = load(Path::new(name));
        reading.give(text);
    }
    reading.finish_placed(None).map_err(|mistakes| mistakes.to_string())
}
