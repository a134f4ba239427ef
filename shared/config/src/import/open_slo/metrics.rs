use domain::units::Span;
use serde_json::{Map, Value as Json, json};

use super::super::fields::{Fields, Text};
use super::super::fragment::Fragment;
use super::super::words::{events, name};
use super::Objects;
use crate::notes::{Note, Notes};
use crate::tree::Node;

/// A metric as the indicator names it, and what is to be read of it.
pub(super) struct Wanted<'a> {
    pub(super) service: &'a str,
    /// The name of its series.
    pub(super) series: String,
    /// The length of its periods.
    pub(super) period: Span,
    pub(super) reads: Reads,
}

/// What the numbers are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    /// How many events a period has.
    Events,
    /// How many events there were ever.
    Counter,
    /// A level.
    Level,
}

/// The name of a new series for `metric`, a mapping with a `metricSource`; `None` once the reason is noted.
pub(super) fn series(
    metric: &Node,
    wanted: &Wanted<'_>,
    objects: &Objects<'_>,
    fragment: &mut Fragment,
    notes: &mut Notes,
) -> Option<String> {
    let mut fields = Fields::of(metric, notes)?;
    let at = fields.at;
    let source = fields.fields(&["metricSource"], notes);
    fields.rest_unknown(notes);
    let Some(mut source) = source else {
        notes.add(Note::at(at, "is missing").below("metricSource"));
        return None;
    };
    let at = source.at;
    let (kind, reference) = (source.text(&["type"], notes), source.text(&["metricSourceRef"], notes));
    let spec = source.fields(&["spec"], notes);
    source.rest_unknown(notes);
    let named = match reference {
        Some(reference) => match data_source(reference, objects, fragment, notes) {
            Some(kind) => Some((reference, kind)),
            // What it would be stands there too.
            None if kind.is_some() => None,
            None => return None,
        },
        None => None,
    };
    let found = named.as_ref().map_or(kind.map(|kind| kind.text), |(_, kind)| Some(kind.as_str()));
    let Some(mut spec) = spec else {
        notes.add(Note::at(at, "is missing").below("spec"));
        return None;
    };
    match found.unwrap_or_default().to_ascii_lowercase().as_str() {
        "prometheus" => {
            let source = named.map_or_else(|| fragment.prometheus(at), |(reference, _)| name(reference.text));
            let query = spec.text(&["query", "promql", "expression", "expr"], notes);
            let at = spec.at;
            spec.rest_unknown(notes);
            let Some(query) = query else {
                notes.add(Note::at(at, "is missing").below("query"));
                return None;
            };
            let expression = expression(query, wanted, notes);
            let fields = json!({ "source": source, "expression": expression, "period": wanted.period.to_string() });
            Some(fragment.series(wanted.service, &name(&wanted.series), &fields))
        }
        "cloudwatch" => cloud_watch(spec, named.map(|(reference, _)| name(reference.text)), wanted, fragment, notes),
        other => {
            let note = Note::at(kind.map_or(at, |kind| kind.at), format!("metrics of {other:?} are not read"));
            notes.add(note.hint("read are Prometheus and CloudWatch; or push the numbers to POST /v1/metrics"));
            None
        }
    }
}

fn expression(query: Text<'_>, wanted: &Wanted<'_>, notes: &mut Notes) -> String {
    let found = events(query.text, wanted.period);
    for template in &found.unknown {
        let note = Note::at(query.at, format!("nothing fills in {template}")).value(template);
        notes.add(note.hint("write the query out"));
    }
    let plain = query.text.split_whitespace().collect::<Vec<_>>().join(" ");
    match wanted.reads {
        Reads::Level => plain,
        Reads::Counter if found.unclear => {
            let note = Note::at(query.at, "a counter that is added up over instances resets with each of them");
            notes.add(note.hint("better write sum(increase(metric[1m])) and counter: false"));
            format!("increase(({plain})[{}:15s])", wanted.period)
        }
        Reads::Counter | Reads::Events => {
            if found.unclear {
                let note = Note::at(query.at, "whether this counts the events of a period cannot be told");
                notes.add(note.hint("check the expression in the result: it is taken as it stands"));
            }
            found.expression
        }
    }
}

/// The kind of a data source, which becomes a source of that name.
fn data_source(
    reference: Text<'_>,
    objects: &Objects<'_>,
    fragment: &mut Fragment,
    notes: &mut Notes,
) -> Option<String> {
    let object = objects.find("DataSource", reference, notes)?;
    let mut spec = Fields::of(object.spec?, notes)?;
    let kind = spec.text(&["type"], notes)?.text.to_ascii_lowercase();
    spec.take(&["description"]);
    let mut connection = spec.fields(&["connectionDetails"], notes);
    let mut detail =
        |names: &[&str]| connection.as_mut().and_then(|details| details.text(names, &mut Notes::default()));
    let source = match kind.as_str() {
        "prometheus" => {
            let url =
                detail(&["url", "address", "server", "endpoint"]).map(|url| url.text.trim_end_matches('/').to_owned());
            if url.is_none() && !fragment.has_source(&name(reference.text)) {
                let note = Note::at(object.name.at, "where Prometheus is asked stands nowhere");
                notes.add(note.hint("write connectionDetails.url, say --prometheus URL, or correct the result"));
            }
            url.map(|url| json!({ "kind": "prometheus", "url": url }))
        }
        "cloudwatch" => {
            let region = detail(&["region"]).map(|region| region.text.to_owned());
            let mut source = json!({ "kind": "cloudwatch" });
            if let Some(region) = region {
                source["region"] = json!(region);
            }
            Some(source)
        }
        _ => None,
    };
    // Told once, however many refer to it.
    let known = fragment.has_source(&name(reference.text));
    if let Some(connection) = connection.filter(|_| !known) {
        let why = [
            "how to sign in is not carried over",
            "keep secrets in SSM or Secrets Manager, and write a reference in auth",
        ];
        connection.rest(|_| Some(why), notes);
        spec.rest_unknown(notes);
    }
    match source {
        Some(source) => fragment.source(&name(reference.text), source),
        None if kind == "prometheus" => {
            let somewhere = fragment.somewhere();
            fragment.source(&name(reference.text), somewhere);
        }
        None => {}
    }
    Some(kind)
}

fn cloud_watch(
    mut spec: Fields<'_>,
    source: Option<String>,
    wanted: &Wanted<'_>,
    fragment: &mut Fragment,
    notes: &mut Notes,
) -> Option<String> {
    let at = spec.at;
    let namespace = spec.text(&["namespace"], notes);
    let metric = spec.text(&["metricName", "metric"], notes);
    let stat = spec.text(&["stat", "statistic"], notes);
    let region = spec.text(&["region"], notes);
    let dimensions = dimensions(spec.take(&["dimensions"]), notes);
    spec.rest(
        |field| {
            ["sql", "json", "query"]
                .contains(&field)
                .then_some(["only a metric can be read", "write namespace, metricName, dimensions and stat"])
        },
        notes,
    );
    for (missing, field) in [(namespace.is_none(), "namespace"), (metric.is_none(), "metricName")] {
        if missing {
            notes.add(Note::at(at, "is missing").below(field));
        }
    }
    let source = source.unwrap_or_else(|| {
        let name =
            region.map_or_else(|| "cloudwatch".to_owned(), |region| name(&format!("cloudwatch-{}", region.text)));
        let mut fields = json!({ "kind": "cloudwatch" });
        if let Some(region) = region {
            fields["region"] = json!(region.text);
        }
        fragment.source(&name, fields);
        name
    });
    let usual = if wanted.reads == Reads::Level { "Average" } else { "Sum" };
    let mut fields = json!({
        "source": source, "namespace": namespace?.text, "metric": metric?.text,
        "statistic": stat.map_or(usual, |stat| stat.text), "period": wanted.period.to_string(),
    });
    if !dimensions.is_empty() {
        fields["dimensions"] = Json::Object(dimensions);
    }
    Some(fragment.series(wanted.service, &name(&wanted.series), &fields))
}

/// A list of names and values, or a mapping.
fn dimensions(node: Option<&Node>, notes: &mut Notes) -> Map<String, Json> {
    let mut found = Map::new();
    let Some(node) = node else { return found };
    if let crate::tree::Value::List(items) = &node.value {
        for item in items {
            let Some(mut pair) = Fields::of(item, notes) else { continue };
            let (name, value) = (pair.text(&["name"], notes), pair.text(&["value"], notes));
            if let (Some(name), Some(value)) = (name, value) {
                found.insert(name.text.to_owned(), json!(value.text));
            }
            pair.rest_unknown(notes);
        }
    } else if let Some(fields) = Fields::of(node, notes) {
        found.extend(fields.texts(notes).into_iter().map(|(name, value)| (name, Json::String(value))));
    }
    found
}
