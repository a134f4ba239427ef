use domain::units::Span;
use serde_json::{Value as Json, json};

use super::super::fields::{Fields, Text};
use super::{Objects, inline, is_empty};
use crate::notes::{Note, Notes};
use crate::tree::{Node, Place, Value};

/// The burn rates that the policies alert at.
pub(super) fn read(policies: &[Node], (at, objects): (Place, &Objects<'_>), notes: &mut Notes) -> Json {
    let mut rules = Vec::new();
    for policy in policies.iter().filter(|policy| !is_empty(policy)) {
        if let Some(spec) = resolved(policy, "AlertPolicy", "alertPolicyRef", objects, notes)
            && let Some(spec) = Fields::of(spec, notes)
        {
            rules.extend(policy_of(spec, objects, notes));
        }
    }
    if rules.is_empty() {
        let note = Note::at(at, "without a policy that can be read, only a spent budget alerts").below("alertPolicies");
        notes.add(note.hint("leave burn_alerts out of the result for the workbook's four rules"));
        return json!({ "table": "none" });
    }
    json!({ "rules": rules })
}

/// The specification of what stands there, or of what is referred to, by its name or by a field.
fn resolved<'n>(
    node: &'n Node,
    kind: &'static str,
    field: &str,
    objects: &Objects<'n>,
    notes: &mut Notes,
) -> Option<&'n Node> {
    if let Value::Scalar(text) = &node.value {
        return objects.find(kind, Text { at: node.at, text }, notes)?.spec;
    }
    let mut fields = Fields::of(node, notes)?;
    let reference = fields.text(&[field], notes);
    if let Some(reference) = reference {
        fields.rest_unknown(notes);
        return objects.find(kind, reference, notes)?.spec;
    }
    let found = inline(&mut fields, Some(kind), notes)?.spec;
    fields.rest_unknown(notes);
    found
}

fn policy_of(mut spec: Fields<'_>, objects: &Objects<'_>, notes: &mut Notes) -> Vec<Json> {
    spec.take(&["description"]);
    let breaching = spec.text(&["alertWhenBreaching"], notes);
    if let Some(resolved) = spec.text(&["alertWhenResolved"], notes)
        && resolved.text == "false"
    {
        notes.add(Note::at(resolved.at, "people are always told that it is over"));
    }
    if let Some(no_data) = spec.text(&["alertWhenNoData"], notes)
        && no_data.text == "true"
    {
        let note = Note::at(no_data.at, "missing data do not alert by themselves");
        notes.add(note.hint("write no_data: bad, or a monitor with a measure of kind absence"));
    }
    let conditions = spec.list(&["conditions"], notes);
    for target in spec.list(&["notificationTargets"], notes) {
        let target_spec = resolved(target, "AlertNotificationTarget", "targetRef", objects, notes);
        let mut fields = target_spec.and_then(|spec| Fields::of(spec, notes));
        let word =
            fields.as_mut().and_then(|fields| fields.text(&["target"], notes)).map_or("it", |target| target.text);
        let note = Note::at(target.at, "who is told is not carried over");
        notes.add(note.hint(format!("write a channel for {word} and a route to it")));
    }
    spec.rest_unknown(notes);
    if let Some(breaching) = breaching
        && breaching.text == "false"
    {
        notes.add(Note::at(breaching.at, "a policy that does not alert on a breach has no rule here"));
        return Vec::new();
    }
    let found = conditions.iter().filter_map(|condition| {
        let spec = resolved(condition, "AlertCondition", "conditionRef", objects, notes)?;
        condition_of(Fields::of(spec, notes)?, notes)
    });
    found.collect()
}

fn condition_of(mut spec: Fields<'_>, notes: &mut Notes) -> Option<Json> {
    spec.take(&["description"]);
    let severity = spec.text(&["severity"], notes);
    let condition = spec.fields(&["condition"], notes);
    let at = spec.at;
    spec.rest_unknown(notes);
    let Some(mut condition) = condition else {
        notes.add(Note::at(at, "is missing").below("condition"));
        return None;
    };
    let at = condition.at;
    let kind = condition.text(&["kind"], notes);
    condition.take(&["op"]);
    let (threshold, window) = (condition.number(&["threshold"], notes), condition.text(&["lookbackWindow"], notes));
    if let Some(after) = condition.text(&["alertAfter"], notes)
        && after.text.parse::<Span>().is_ok_and(|after| !after.is_zero())
    {
        let note = Note::at(after.at, "a rule does not wait: its window says for how long it must burn");
        notes.add(note.value(after.text).hint("add a short window to the rule if it should end sooner"));
    }
    condition.rest_unknown(notes);
    if let Some(kind) = kind.filter(|kind| !kind.text.eq_ignore_ascii_case("burnrate")) {
        let note = Note::at(kind.at, format!("conditions of the kind {:?} are not known", kind.text));
        notes.add(note.value(kind.text).hint("write burnrate"));
        return None;
    }
    let span = window.and_then(|window| window.text.parse::<Span>().ok());
    let (Some((_, factor)), Some(long)) = (threshold, span) else {
        let note = Note::at(at, "a burn rate needs threshold and lookbackWindow");
        notes.add(note.hint("write for example threshold: 14.4 and lookbackWindow: 1h"));
        return None;
    };
    let severity = severity_of(severity, at, notes);
    Some(json!({ "severity": severity, "long": long.to_string(), "factor": factor }))
}

/// Words that people use for severities.
const WORDS: [(&str, &[&str]); 4] = [
    ("SEV1", &["sev1", "p1", "emergency", "fatal", "disaster"]),
    ("SEV2", &["sev2", "p2", "page", "critical", "high", "error", "major"]),
    ("SEV3", &["sev3", "p3", "ticket", "warning", "medium", "minor"]),
    ("SEV4", &["sev4", "p4", "info", "low", "notice"]),
];

fn severity_of(word: Option<Text<'_>>, at: Place, notes: &mut Notes) -> &'static str {
    let text = word.map_or("", |word| word.text);
    let found = WORDS.iter().find(|(_, words)| words.contains(&text.to_ascii_lowercase().as_str()));
    if found.is_none() {
        let note = Note::at(word.map_or(at, |word| word.at), format!("the severity {text:?} is taken for SEV3"));
        notes.add(note.value(text).hint("correct it in the result"));
    }
    found.map_or("SEV3", |(severity, _)| severity)
}
