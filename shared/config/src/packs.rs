//! The series and monitors that come with a resource, as if they were written in the file.

use crate::document::{Document, Monitor, Resource, Series, Service, Source};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, Read};
use crate::tree::{Node, Place, parse};

/// The part of a resource's name that names of its series and monitors begin with, in characters.
const SLUG_CHARS_MAX: usize = 64;

/// What a pack is filled in with.
struct Filling<'d> {
    pack: &'static str,
    /// Placeholders and their values; the first is the resource's name.
    values: Vec<(&'static str, &'d Field<String>)>,
    /// What the body of a check contains.
    contains: Option<&'d str>,
    monitored: &'d Field<bool>,
    source: &'d Field<String>,
    from: From,
}

/// The kind of source that series are read from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    CloudWatch,
    Probes,
    Logs,
}

fn filling(resource: &Resource) -> Filling<'_> {
    macro_rules! of {
        ($resource:ident, $kind:literal, $($field:ident),*) => {
            Filling {
                pack: include_str!(concat!("packs/", $kind, ".yaml")),
                values: vec![$((stringify!($field), &$resource.$field)),*],
                contains: None,
                monitored: &$resource.monitored,
                source: &$resource.source,
                from: From::CloudWatch,
            }
        };
    }
    match resource {
        Resource::LambdaAlias(alias) => of!(alias, "lambda-alias", function, alias),
        Resource::LambdaFunction(function) => of!(function, "lambda-function", function),
        Resource::HttpApi(api) => of!(api, "http-api", id),
        Resource::RestApi(api) => of!(api, "rest-api", api),
        Resource::DynamoDbTable(table) => of!(table, "dynamodb-table", table),
        Resource::RdsInstance(instance) => of!(instance, "rds-instance", instance),
        Resource::ElastiCacheCluster(cluster) => of!(cluster, "elasticache-cluster", cluster),
        Resource::EcsService(service) => of!(service, "ecs-service", name, cluster),
        Resource::SqsQueue(queue) => of!(queue, "sqs-queue", queue),
        Resource::LoadBalancer(balancer) => of!(balancer, "load-balancer", path),
        Resource::HttpCheck(check) => Filling {
            contains: check.contains.value().map(String::as_str),
            from: From::Probes,
            ..of!(check, "http-check", name, url)
        },
        Resource::LogGroup(group) => Filling { from: From::Logs, ..of!(group, "log-group", group) },
        Resource::CloudTrail(trail) => Filling { from: From::Logs, ..of!(trail, "cloudtrail", group) },
        Resource::TcpCheck(check) => Filling { from: From::Probes, ..of!(check, "tcp-check", name, host, port) },
    }
}

/// Adds to `documents` what comes with their resources; what a team has declared under the same name stays.
pub(crate) fn unpack(documents: &mut [Document], notes: &mut Notes) {
    let known: Vec<(From, Option<String>)> =
        documents.iter().flat_map(|document| document.sources.items()).filter_map(source).collect();
    let declared: Vec<String> =
        documents.iter().flat_map(|document| document.monitors.items()).filter_map(name_of).collect();
    for document in documents {
        let mut monitors = Vec::new();
        if let Field::Given(services) = &mut document.services {
            for service in &mut services.value {
                monitors.extend(of_service(&mut service.value, &known, notes));
            }
        }
        monitors.retain(|monitor| name_of(monitor).is_none_or(|name| !declared.contains(&name)));
        add(&mut document.monitors, monitors);
    }
}

/// The kind of a source that packs are read from, and its name; `None` for the name: it is misread.
fn source(source: &Given<Source>) -> Option<(From, Option<String>)> {
    match &source.value {
        Source::CloudWatch(source) => Some((From::CloudWatch, source.name.value().map(ToString::to_string))),
        Source::Probe(source) => Some((From::Probes, source.name.value().map(ToString::to_string))),
        Source::Logs(source) => Some((From::Logs, source.name.value().map(ToString::to_string))),
        Source::Prometheus(_) | Source::Pushed(_) | Source::CostExplorer(_) => None,
    }
}

fn name_of(monitor: &Given<Monitor>) -> Option<String> {
    monitor.value.name.value().map(ToString::to_string)
}

fn of_service(service: &mut Service, known: &[(From, Option<String>)], notes: &mut Notes) -> Vec<Given<Monitor>> {
    let Some(name) = service.name.value().map(ToString::to_string) else {
        return Vec::new();
    };
    let own: Vec<String> =
        service.series.items().iter().filter_map(|series| series.value.name.value().cloned()).collect();
    let (mut series, mut monitors) = (Vec::new(), Vec::new());
    for resource in service.resources.items() {
        let filling = filling(&resource.value);
        if filling.monitored.value() == Some(&false) || matches!(filling.monitored, Field::Mistaken) {
            continue;
        }
        let Some(source) = source_of(&filling, resource.at, known, notes) else { continue };
        let Some(pack) = filled(&filling, &name, &source, resource.at, notes) else { continue };
        let read = pack.field("series").and_then(|node| Vec::<Given<Series>>::read(node, notes));
        series.extend(read.unwrap_or_default());
        let read = pack.field("monitors").and_then(|node| Vec::<Given<Monitor>>::read(node, notes));
        monitors.extend(read.unwrap_or_default());
    }
    series.retain(|series| series.value.name.value().is_none_or(|name| !own.contains(name)));
    add(&mut service.series, series);
    monitors
}

/// The source that a pack's series are read from; `None`: there is none, or which is meant is noted as unclear.
fn source_of(filling: &Filling<'_>, at: Place, known: &[(From, Option<String>)], notes: &mut Notes) -> Option<String> {
    let fitting: Vec<&Option<String>> =
        known.iter().filter(|(kind, _)| *kind == filling.from).map(|(_, name)| name).collect();
    let missing = |wrong: &str, hint: String| Note::at(at, wrong).below("source").hint(hint);
    match (filling.source, fitting.as_slice()) {
        (Field::Given(given), _) => return Some(given.value.clone()),
        (Field::Absent, [only]) => return (*only).clone(),
        (Field::Absent, []) if filling.from == From::Probes => {
            let hint = "add { name: probes, kind: probe } to the sources".to_owned();
            notes.add(missing("is missing, and there is no source of probes", hint));
        }
        (Field::Absent, []) if filling.from == From::Logs => {
            let hint = "add { name: logs, kind: logs } to the sources".to_owned();
            notes.add(missing("is missing, and there is no source of logs", hint));
        }
        (Field::Mistaken, _) | (Field::Absent, []) => {}
        (Field::Absent, several) => {
            let names: Vec<&str> = several.iter().filter_map(|name| name.as_deref()).collect();
            let hint = format!("write one of {}, or monitored: false", names.join(", "));
            notes.add(missing("is missing, and there are several that fit", hint));
        }
    }
    None
}

fn filled(filling: &Filling<'_>, service: &str, source: &str, at: Place, notes: &mut Notes) -> Option<Node> {
    let name = filling.values.first()?.1.value()?.trim_start_matches('/');
    let slug: String = name.chars().take(SLUG_CHARS_MAX).map(in_name).collect();
    let mut text =
        filling.pack.replace("{slug}", &slug).replace("{service}", service).replace("{source}", &escaped(source));
    let contains = filling.contains.map_or_else(String::new, |text| format!(", contains: \"{}\"", escaped(text)));
    text = text.replace("{contains}", &contains);
    for (placeholder, value) in &filling.values {
        text = text.replace(&format!("{{{placeholder}}}"), &escaped(value.value()?));
    }
    parse(at.file, &text, notes).map(|node| node.moved_to(at))
}

fn in_name(c: char) -> char {
    if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }
}

/// As it stands between double quotes of YAML.
fn escaped(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .flat_map(|c| matches!(c, '"' | '\\').then_some('\\').into_iter().chain([c]))
        .collect()
}

fn add<T>(list: &mut Field<Vec<T>>, more: Vec<T>) {
    match list {
        Field::Given(given) => given.value.extend(more),
        Field::Absent if !more.is_empty() => *list = Field::Given(Given { at: Place::default(), value: more }),
        _ => {}
    }
}
