use domain::slo::{BurnRate, Objective, usual};
use domain::units::Span;
use serde_json::{Map, Value as Json, json};

use super::fields::{Fields, Text};
use super::fragment::Fragment;
use super::words::{events, name, percent};
use crate::notes::{Note, Notes};
use crate::tree::{Node, Place};

/// Objects of Kubernetes with the same specification.
const KINDS: [&str; 2] = ["PrometheusServiceLevel", "ManagedPrometheusServiceLevel"];
/// Sloth's default; it is an argument of the program and stands in no document.
const PERIOD: Span = Span::DAY.times(30);

pub(super) fn read(documents: &[Node], fragment: &mut Fragment, notes: &mut Notes) {
    for document in documents {
        one(document, fragment, notes);
    }
}

fn one(document: &Node, fragment: &mut Fragment, notes: &mut Notes) {
    let Some(mut fields) = Fields::of(document, notes) else { return };
    let (version, kind) = (fields.text(&["version"], notes), fields.text(&["kind"], notes));
    let api = fields.text(&["apiVersion"], notes);
    match (version, api, kind) {
        (Some(Text { text: "prometheus/v1", .. }), None, None) => specification(fields, fragment, notes),
        (None, Some(Text { text: "sloth.slok.dev/v1", .. }), Some(kind)) if KINDS.contains(&kind.text) => {
            // Names and labels of the object in Kubernetes say nothing about the objectives.
            fields.take(&["metadata"]);
            fields.take(&["status"]);
            if let Some(specified) = fields.fields(&["spec"], notes) {
                specification(specified, fragment, notes);
            }
            fields.rest_unknown(notes);
        }
        (_, _, Some(Text { at, text: "AlertWindows" })) => {
            let note = Note::at(at, "windows of one's own are not carried over: they belong to no objective");
            notes.add(note.hint("write them as burn_alerts.rules: severity, long, short, and budget in percent"));
        }
        (version, api, kind) => {
            let odd = version.or(kind).or(api);
            let (at, text) = odd.map_or((document.at, "nothing"), |odd| (odd.at, odd.text));
            let note = Note::at(at, format!("{text:?} is not read"));
            notes.add(note.hint("read are version: prometheus/v1, and PrometheusServiceLevel of sloth.slok.dev/v1"));
        }
    }
}

fn specification(mut fields: Fields<'_>, fragment: &mut Fragment, notes: &mut Notes) {
    let at = fields.at;
    let Some(service) = fields.text(&["service"], notes) else {
        notes.add(Note::at(at, "is missing").below("service"));
        return;
    };
    let labels = labels(&mut fields, notes);
    let owner = ["owner", "team"].into_iter().find_map(|key| labels.get(key)).and_then(Json::as_str).map(str::to_owned);
    let service = name(service.text);
    fragment.service(&service, owner.as_deref());
    for slo in fields.list(&["slos"], notes) {
        if let Some(slo) = Fields::of(slo, notes) {
            objective(slo, &service, &labels, fragment, notes);
        }
    }
    fields.rest(reason, notes);
}

/// Why fields are not carried over, and what to do.
fn reason(field: &str) -> Option<[&'static str; 2]> {
    Some(match field {
        "slo_plugins" | "sloPlugins" | "plugins" => {
            ["Sloth's plugins change rules of Prometheus, of which there are none here", "leave them out"]
        }
        "interval" => {
            ["rules have no interval of their own", "write a pace for the series if each minute is too often"]
        }
        "annotations" => {
            ["alerts have no annotations", "what matters at 3 a.m. belongs into the description or a runbook"]
        }
        "name" => ["alerts have the objective's own name", "match alerts by that name"],
        "for" => ["the windows say for how long it must burn", "leave it out, or write burn_alerts.rules"],
        _ => return None,
    })
}

fn labels(fields: &mut Fields<'_>, notes: &mut Notes) -> Map<String, Json> {
    let texts = fields.fields(&["labels"], notes).map(|labels| labels.texts(notes)).unwrap_or_default();
    texts.into_iter().map(|(name, value)| (name, Json::String(value))).collect()
}

fn objective(
    mut fields: Fields<'_>,
    service: &str,
    inherited: &Map<String, Json>,
    fragment: &mut Fragment,
    notes: &mut Notes,
) {
    let at = fields.at;
    let (own, promised) = (fields.text(&["name"], notes), fields.number(&["objective"], notes));
    let description = fields.text(&["description"], notes);
    let mut all = inherited.clone();
    all.extend(labels(&mut fields, notes));
    let (Some(own), Some((_, promised))) = (own, promised) else {
        for (missing, field) in [(own.is_none(), "name"), (promised.is_none(), "objective")] {
            if missing {
                notes.add(Note::at(at, "is missing").below(field));
            }
        }
        return;
    };
    let slo = name(&format!("{service}-{}", own.text));
    if fragment.has_slo(&slo) {
        notes.add(Note::at(own.at, format!("{slo:?} stands here twice")).hint("keep one"));
        return;
    }
    let indicator = fields.fields(&["sli"], notes).and_then(|sli| indicator(sli, service, own.text, fragment, notes));
    let alerting = fields.fields(&["alerting"], notes);
    let burn_alerts = alerting.and_then(|alerting| alerts(alerting, promised, &mut all, notes));
    fields.rest(reason, notes);
    let Some(indicator) = indicator else {
        notes.add(Note::at(at, format!("the objective {slo:?} is not imported: it has no indicator that can be read")));
        return;
    };
    let mut parts = vec![("name", json!(slo)), ("service", json!(service))];
    parts.extend(description.map(|text| ("description", json!(text.text))));
    parts.push(("indicator", indicator));
    parts.push(("objective", json!(percent(promised / 100.0))));
    parts.push(("period", json!(PERIOD.to_string())));
    parts.extend(burn_alerts.map(|alerts| ("burn_alerts", alerts)));
    if !all.is_empty() {
        parts.push(("labels", Json::Object(all)));
    }
    fragment.slo(parts);
}

fn indicator(
    mut sli: Fields<'_>,
    service: &str,
    slo: &str,
    fragment: &mut Fragment,
    notes: &mut Notes,
) -> Option<Json> {
    let (of_events, raw, plugin) = (sli.fields(&["events"], notes), sli.fields(&["raw"], notes), sli.take(&["plugin"]));
    if let Some(plugin) = plugin {
        let note = Note::at(plugin.at, "a plugin is a program that makes the queries: it is not run here");
        notes.add(note.hint("let sloth generate print the queries, and write them as events"));
    }
    let found = if let Some(mut of_events) = of_events {
        let bad = of_events.text(&["error_query", "errorQuery"], notes);
        let total = of_events.text(&["total_query", "totalQuery"], notes);
        for (missing, field) in [(bad.is_none(), "error_query"), (total.is_none(), "total_query")] {
            if missing {
                notes.add(Note::at(of_events.at, "is missing").below(field));
            }
        }
        of_events.rest_unknown(notes);
        let (bad, total) = (bad?, total?);
        // A part of what is no rate is none either, such as a ratio of one event.
        let rates = !events(total.text, Span::MINUTE).unclear;
        let mut add = |part: &str, query: Text<'_>| {
            let found = Asked { service, series: format!("{slo}.{part}"), query, rates };
            series(fragment, &found, notes)
        };
        Some((add("bad", bad), add("total", total)))
    } else if let Some(mut raw) = raw {
        let ratio = raw.text(&["error_ratio_query", "errorRatioQuery"], notes);
        let at = raw.at;
        raw.rest_unknown(notes);
        ratio.map(|ratio| of_ratio(ratio, at, service, slo, fragment, notes))
    } else {
        None
    };
    sli.rest_unknown(notes);
    found.map(|(bad, total)| json!({ "requests": { "bad": bad, "total": total } }))
}

/// A ratio has no number of events: each minute is one, of which so much is bad.
fn of_ratio(
    ratio: Text<'_>,
    at: Place,
    service: &str,
    slo: &str,
    fragment: &mut Fragment,
    notes: &mut Notes,
) -> (String, String) {
    let note = Note::at(at, "a ratio does not say of how many events: each minute counts the same");
    notes.add(note.hint("write events with error_query and total_query if you can"));
    let found = events(ratio.text, Span::MINUTE);
    unfilled(&found.unknown, ratio.at, notes);
    // A ratio of rates is one already.
    let expression = plain(&found.expression).to_owned();
    let source = fragment.prometheus(ratio.at);
    let mut add = |part: &str, expression: &str| {
        let fields = json!({ "source": source, "expression": expression, "period": "1m" });
        fragment.series(service, &name(&format!("{slo}.{part}")), &fields)
    };
    (add("bad", &expression), add("minutes", "vector(1)"))
}

fn unfilled(unknown: &[String], at: Place, notes: &mut Notes) {
    for template in unknown {
        let note = Note::at(at, format!("nothing fills in {template}")).value(template);
        notes.add(note.hint("only {{.window}} is known; write the query out"));
    }
}

/// A query of events, and what becomes of it.
struct Asked<'a> {
    service: &'a str,
    series: String,
    query: Text<'a>,
    /// Whether rates by the second become events of a minute.
    rates: bool,
}

/// A series of the events of each minute.
fn series(fragment: &mut Fragment, wanted: &Asked<'_>, notes: &mut Notes) -> String {
    let query = wanted.query;
    let mut found = events(query.text, Span::MINUTE);
    if !wanted.rates {
        found.expression = plain(&found.expression).to_owned();
    }
    unfilled(&found.unknown, query.at, notes);
    if found.unclear {
        let note = Note::at(query.at, "whether this counts the events of a minute cannot be told");
        notes.add(note.hint("check the expression in the result: it is taken as it stands"));
    }
    let source = fragment.prometheus(query.at);
    let fields = json!({ "source": source, "expression": found.expression, "period": "1m" });
    fragment.series(wanted.service, &name(&wanted.series), &fields)
}

/// The expression before it was multiplied.
fn plain(expression: &str) -> &str {
    let rate = expression.strip_prefix("60 * (").and_then(|rest| rest.strip_suffix(')'));
    rate.unwrap_or(expression)
}

/// Which of the four rules remain; `None` for all of them, which is the default here too.
fn alerts(mut alerting: Fields<'_>, promised: f64, labels: &mut Map<String, Json>, notes: &mut Notes) -> Option<Json> {
    labels.extend(self::labels(&mut alerting, notes));
    let page = of_one(&mut alerting, &["page_alert", "pageAlert"], "SEV2", notes);
    let ticket = of_one(&mut alerting, &["ticket_alert", "ticketAlert"], "SEV3", notes);
    alerting.rest(reason, notes);
    let kept = match (page, ticket) {
        (true, true) => return None,
        (false, false) => return Some(json!({ "table": "none" })),
        (true, false) => "SEV2",
        (false, true) => "SEV3",
    };
    let budget = Objective::try_from(promised / 100.0).map_or(1.0, Objective::budget);
    let possible = |rule: &BurnRate| rule.severity.as_str() == kept && rule.factor * budget < 1.0;
    let rules: Vec<Json> = usual(PERIOD).iter().filter(|rule| possible(rule)).map(rule).collect();
    Some(if rules.is_empty() { json!({ "table": "none" }) } else { json!({ "rules": rules }) })
}

fn rule(rule: &BurnRate) -> Json {
    let mut fields =
        json!({ "severity": rule.severity.as_str(), "long": rule.long.to_string(), "factor": rule.factor });
    if let Some(short) = rule.short {
        fields["short"] = json!(short.to_string());
    }
    fields
}

/// Whether alerts of one kind are wanted.
fn of_one(alerting: &mut Fields<'_>, names: &[&str], severity: &'static str, notes: &mut Notes) -> bool {
    let Some(mut alert) = alerting.fields(names, notes) else { return true };
    let disabled = alert.is_true(&["disable"], notes);
    if let Some(labels) = alert.take(&["labels"])
        && !disabled
    {
        let note =
            Note::at(labels.at, format!("labels of one kind of alert are not carried over; it has {severity} here"));
        notes.add(note.hint(format!("write a route with severity: {severity} to the channel that they chose")));
    }
    alert.rest(reason, notes);
    !disabled
}
