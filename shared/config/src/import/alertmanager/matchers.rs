use std::collections::{BTreeMap, BTreeSet};

use domain::id::ServiceName;
use domain::label::{Labels, Matcher, Matchers, Operator, SEVERITY};
use serde_json::{Map, Value as Json, json};

use super::super::fields::Fields;
use crate::notes::{Note, Notes};
use crate::read::wrong_kind;
use crate::resolve::services_of;
use crate::tree::{Place, Value};

/// What severities are called, and what they are here. Source: `docs/senders.md`, which says what becomes of an alert.
const SEVERITIES: [(&str, &[&str]); 4] = [
    ("SEV1", &["sev1", "critical", "page", "emergency", "fatal", "p1"]),
    ("SEV2", &["sev2", "error", "high", "major", "p2"]),
    ("SEV3", &["sev3", "warning", "warn", "medium", "minor", "ticket", "p3"]),
    ("SEV4", &["sev4", "info", "low", "none", "informational", "p4"]),
];

/// What an alert is whose sender says no severity, or an unknown one.
const MISSING: &str = "SEV3";

/// So many services are named in one note.
const NAMED_MAX: usize = 20;

/// The words of whoever wrote it that mean something here.
#[derive(Default)]
pub(super) struct Words {
    /// Those for severities, by what they become: two of one severity cannot be told apart here.
    severities: BTreeMap<&'static str, String>,
    /// What is asked for as a service, and where the first is.
    services: Option<(Place, BTreeSet<String>)>,
}

/// Each of the matchers that the fields of one side say, such as `match`, `match_re` and `matchers`; `None` after one
/// that cannot be read, which is noted: what is left would match more than was meant.
pub(super) fn read(
    fields: &mut Fields<'_>,
    [equal, regex, texts]: [&str; 3],
    words: &mut Words,
    notes: &mut Notes,
) -> Option<Vec<Matcher>> {
    let mut found = Some(Vec::new());
    let mut add = |matcher: Option<Vec<Matcher>>| match (&mut found, matcher) {
        (Some(found), Some(matcher)) => found.extend(matcher),
        _ => found = None,
    };
    for (field, operator) in [(equal, Operator::Equal), (regex, Operator::Matches)] {
        let Some(node) = fields.take(&[field]) else { continue };
        let Value::Map(entries) = &node.value else {
            wrong_kind(node, "a mapping of labels to values", notes);
            add(None);
            continue;
        };
        for (key, node) in entries {
            let value = match &node.value {
                Value::Scalar(text) => text.as_str(),
                Value::Nothing => "",
                Value::List(_) | Value::Map(_) => {
                    wrong_kind(node, "text", notes);
                    add(None);
                    continue;
                }
            };
            add(checked(node.at, Matcher::new(&*key.text, operator, value).map(|one| vec![one]), notes));
        }
    }
    let listed = fields.items(&[texts], notes);
    if listed.is_none() {
        add(None);
    }
    for node in listed.unwrap_or_default() {
        let Value::Scalar(text) = &node.value else {
            notes.add(Note::at(node.at, "is no matcher"));
            add(None);
            continue;
        };
        let all = text.parse::<Matchers>().map(|all| all.iter().cloned().collect());
        add(checked(node.at, all, notes));
    }
    let at = fields.at;
    for matcher in found.iter().flatten() {
        words.ask_for_services(matcher, at);
    }
    found.map(|found| found.into_iter().map(|matcher| severity(matcher, at, words, notes)).collect())
}

fn checked<T, E: ToString>(at: Place, read: Result<T, E>, notes: &mut Notes) -> Option<T> {
    read.map_err(|error| notes.add(Note::of_error(at, &error))).ok()
}

/// A severity in the words of whoever wrote it becomes ours.
fn severity(matcher: Matcher, at: Place, words: &mut Words, notes: &mut Notes) -> Matcher {
    let negative = matches!(matcher.operator(), Operator::NotEqual | Operator::NotMatches);
    if matcher.label() != SEVERITY || (negative && matcher.value().is_empty()) {
        return matcher;
    }
    // The words that it names, whatever it says of them.
    let named = match matcher.operator() {
        Operator::Equal | Operator::NotEqual => Matcher::new(SEVERITY, Operator::Equal, matcher.value()),
        _ => Matcher::new(SEVERITY, Operator::Matches, matcher.value()),
    };
    let Ok(named) = named else { return matcher };
    let is_named = |word: &str| {
        let labels = |word: String| Labels::from([(SEVERITY.to_owned(), word)]);
        named.matches(&labels(word.to_owned())) || named.matches(&labels(word.to_uppercase()))
    };
    let mut ours: Vec<&'static str> = Vec::new();
    for (severity, known) in SEVERITIES {
        let met: Vec<&str> = known.iter().copied().filter(|word| is_named(word)).collect();
        if !met.is_empty() {
            ours.push(severity);
            words.meet(severity, &met.join(", "), at, notes);
        }
    }
    if !negative && named.matches(&Labels::new()) {
        if !ours.contains(&MISSING) {
            ours.push(MISSING);
        }
        let note = Note::at(at, format!("what has no severity is {MISSING} here, which {matcher} now takes whole"));
        notes.add(note.value(matcher.value()).hint("correct it in the result if SEV3 should not be taken"));
    }
    if ours.is_empty() {
        // What is no known word is SEV3, as in alerts.
        ours.push(MISSING);
        let note = Note::at(at, format!("the severity {:?} is taken for {MISSING}", matcher.value()));
        notes.add(note.value(matcher.value()).hint("correct it in the result"));
    }
    if negative {
        let note = Note::at(at, format!("{matcher} becomes all but {}", ours.join(" and ")));
        notes.add(
            note.hint("there are four severities here, SEV1 to SEV4; correct it in the result if other words mattered"),
        );
    }
    let operator = match (negative, ours.len()) {
        (false, 1) => Operator::Equal,
        (false, _) => Operator::Matches,
        (true, 1) => Operator::NotEqual,
        (true, _) => Operator::NotMatches,
    };
    Matcher::new(SEVERITY, operator, ours.join("|")).unwrap_or(matcher)
}

impl Words {
    fn ask_for_services(&mut self, matcher: &Matcher, at: Place) {
        let asked = services_of(matcher);
        if !asked.is_empty() {
            self.services.get_or_insert((at, BTreeSet::new())).1.extend(asked);
        }
    }

    /// The services that are asked for.
    pub(super) fn services(&self) -> BTreeSet<ServiceName> {
        let asked = self.services.iter().flat_map(|(_, names)| names);
        asked.filter_map(|name| name.parse().ok()).collect()
    }

    /// Tells which services are asked for: one that is not configured is `unassigned` in alerts.
    pub(super) fn tell_services(&self, notes: &mut Notes) {
        let Some((at, services)) = &self.services else { return };
        let names: Vec<&str> = services.iter().take(NAMED_MAX).map(String::as_str).collect();
        let more = services.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let asked = format!("services are asked for, here and below: {}{more}", names.join(", "));
        let hint =
            "declare them under services; what is sent of any other service is unassigned here, and matches none";
        notes.add(Note::at(*at, asked).hint(hint));
    }

    fn meet(&mut self, severity: &'static str, met: &str, at: Place, notes: &mut Notes) {
        match self.severities.get(severity) {
            Some(known) if known != met => {
                let note = Note::at(at, format!("{known:?} and {met:?} are both {severity} here"));
                notes
                    .add(note.hint("routes cannot tell them apart; see what becomes of severities in docs/senders.md"));
            }
            Some(_) => {}
            None => drop(self.severities.insert(severity, met.to_owned())),
        }
    }
}

/// As people write them: a mapping where all are equalities, else a list of texts.
pub(super) fn written(matchers: &[Matcher]) -> Json {
    let mut mapping = Map::new();
    for matcher in matchers {
        let is_first = matcher.operator() == Operator::Equal && !matcher.value().is_empty();
        if !is_first || mapping.insert(matcher.label().to_owned(), json!(matcher.value())).is_some() {
            return matchers.iter().map(|matcher| json!(matcher.to_string())).collect();
        }
    }
    Json::Object(mapping)
}
