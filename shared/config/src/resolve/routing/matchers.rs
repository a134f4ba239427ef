use domain::incident::Severity;
use domain::label::{CATEGORY, Matcher, Matchers, Operator, SERVICE, SEVERITY};
use domain::monitor::Category;
use domain::service::{OWN_SERVICE, UNASSIGNED};

use super::super::Names;
use super::reached::values;
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, Matching};
use crate::tree::Place;

/// The matchers, if they are not too many.
pub(super) fn all(matchers: Vec<Matcher>, at: Place, notes: &mut Notes) -> Option<Matchers> {
    Matchers::new(matchers).map_err(|error| notes.add(Note::of_error(at, &error))).ok()
}

/// The matchers of one side of an inhibition, or of maintenance, which must not be empty.
pub(super) fn some(field: &Field<Matching>, what: &str, names: &Names, notes: &mut Notes) -> Option<Matchers> {
    let given = field.given()?;
    if given.value.0.is_empty() {
        let note = Note::at(given.at, format!("without matchers {what} everything"));
        notes.add(note.hint("name at least one, such as severity=\"SEV1\""));
        return None;
    }
    refuse_unknown(given, names, notes);
    Some(given.value.0.clone())
}

/// Notes each matcher that asks for a severity, a category or a service that there is not: those of other tools are usual.
pub(super) fn refuse_unknown(given: &Given<Matching>, names: &Names, notes: &mut Notes) {
    for matcher in &given.value.0 {
        let known: Vec<&str> = match matcher.label() {
            SEVERITY => Severity::ALL.iter().map(|severity| severity.as_str()).collect(),
            CATEGORY => [Category::Technical, Category::Business].iter().map(|category| category.as_str()).collect(),
            SERVICE => {
                for name in services(matcher) {
                    names.services.check(&name, given.at, notes);
                }
                continue;
            }
            _ => continue,
        };
        let asked = named(matcher);
        let odd = asked.iter().filter(|value| !value.is_empty() && !known.contains(&value.as_str()));
        for value in odd.clone() {
            let meant = known.iter().find(|known| known.eq_ignore_ascii_case(value));
            let hint =
                meant.map_or_else(|| format!("write one of {}", known.join(", ")), |meant| format!("write {meant}"));
            let wrong = format!("{value:?} in {matcher} is no {}: no alert has it", matcher.label());
            notes.add(Note::at(given.at, wrong).value(value).hint(hint));
        }
        let asks = matches!(matcher.operator(), Operator::Equal | Operator::Matches);
        if asks && odd.count() == 0 && !known.iter().any(|value| matcher.matches_value(value)) {
            let note =
                Note::at(given.at, format!("{matcher} matches nothing: no alert has such a {}", matcher.label()));
            notes.add(note.value(matcher.value()).hint(format!("write one of {}", known.join(", "))));
        }
    }
}

/// The values that the matcher names, whatever it says of them, where they can be listed.
fn named(matcher: &Matcher) -> Vec<String> {
    let positive = match matcher.operator() {
        Operator::NotEqual => Operator::Equal,
        Operator::NotMatches => Operator::Matches,
        same => same,
    };
    let positive = Matcher::new(matcher.label(), positive, matcher.value());
    positive.ok().and_then(|matcher| values(&matcher)).unwrap_or_default()
}

/// The services that must be configured for the matcher to be satisfied, where they can be listed.
pub(crate) fn services(matcher: &Matcher) -> Vec<String> {
    let mut asked = if matcher.label() == SERVICE { values(matcher).unwrap_or_default() } else { Vec::new() };
    asked.retain(|name| !["", OWN_SERVICE, UNASSIGNED].contains(&name.as_str()));
    asked
}
