use std::fmt::Write;

use config::Location;
use lint::{At, Finding, Level};
use serde_json::{Value as Json, json};

/// The version of the report's JSON.
const VERSION: u32 = 1;

/// A finding and where it is.
pub(super) struct Placed {
    /// The file that was asked about; of an account its name.
    pub(super) file: String,
    /// In a configuration.
    pub(super) location: Option<Location>,
    pub(super) finding: Finding,
}

/// All findings, in the order in which they were asked for.
#[derive(Default)]
pub(super) struct Report {
    pub(super) findings: Vec<Placed>,
}

impl Report {
    /// Adds the findings of one subject, in the order of their places.
    pub(super) fn add(&mut self, mut findings: Vec<Placed>) {
        let place = |placed: &Placed| placed.location.as_ref().map(|at| (at.file.clone(), at.line, at.column));
        findings
            .sort_by(|a, b| (place(a), &a.finding.at, a.finding.rule).cmp(&(place(b), &b.finding.at, b.finding.rule)));
        self.findings.extend(findings);
    }

    /// Three lines for each, and how many there are.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for Placed { file, location, finding } in &self.findings {
            let at = match location {
                Some(at) => at_line(at, finding.at.as_str()),
                None => format!("{file} {}", finding.at.as_str()),
            };
            let Finding { rule, level, what, evidence, remedy, .. } = finding;
            let _ =
                writeln!(text, "{at}: {} {}: {what}\n  seen: {evidence}\n  do: {remedy}", level.as_str(), rule.id());
        }
        let count = |level| self.count(level);
        let [errors, warnings, notes] = [Level::Error, Level::Warn, Level::Note].map(count);
        let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let parts = [plural(errors, "error"), plural(warnings, "warning"), plural(notes, "note")];
        let _ =
            writeln!(text, "{}", if self.findings.is_empty() { "nothing found".to_owned() } else { parts.join(", ") });
        text
    }

    fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|placed| placed.finding.level == level).count()
    }

    /// `{"version": 1, "clean": ..., "counts": {...}, "findings": [...]}`
    pub(super) fn json(&self, clean: bool) -> String {
        let findings: Vec<Json> = self.findings.iter().map(as_json).collect();
        let counts = json!({
            "error": self.count(Level::Error), "warn": self.count(Level::Warn), "note": self.count(Level::Note),
        });
        format!("{:#}\n", json!({ "version": VERSION, "clean": clean, "counts": counts, "findings": findings }))
    }
}

/// `tocsin.yaml:42:13 monitors[3].conditions[0].when`; what a resource brings along is named too.
fn at_line(at: &Location, part: &str) -> String {
    let space = if at.field.is_empty() { "" } else { " " };
    let part = if at.field.contains("resources[") { format!(" ({part})") } else { String::new() };
    format!("{}:{}:{}{space}{}{part}", at.file, at.line, at.column, at.field)
}

fn as_json(Placed { file, location, finding }: &Placed) -> Json {
    let (subject, place) = match (&finding.at, location) {
        (At::Setup(part), Some(at)) => (
            "configuration",
            json!({ "file": at.file, "line": at.line, "column": at.column, "field": at.field, "part": part }),
        ),
        (At::Setup(part), None) => ("configuration", json!({ "file": file, "part": part })),
        (At::Terraform(address), _) => ("terraform", json!({ "file": file, "address": address })),
        (At::Account(name), _) => ("account", json!({ "name": name })),
    };
    json!({
        "id": finding.rule,
        "level": finding.level,
        "subject": subject,
        "where": place,
        "what": finding.what,
        "evidence": finding.evidence,
        "remedy": finding.remedy,
    })
}
