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
    monitored: &'d Field<bool>,
    source: &'d Field<String>,
}

fn filling(resource: &Resource) -> Filling<'_> {
    macro_rules! of {
        ($resource:ident, $kind:literal, $($field:ident),*) => {
            Filling {
                pack: include_str!(concat!("packs/", $kind, ".yaml")),
                values: vec![$((stringify!($field), &$resource.$field)),*],
                monitored: &$resource.monitored,
                source: &$resource.source,
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
    }
}

/// Adds to `documents` what comes with their resources; what a team has declared under the same name stays.
pub(crate) fn unpack(documents: &mut [Document], notes: &mut Notes) {
    let clouds: Vec<Option<String>> =
        documents.iter().flat_map(|document| document.sources.items()).filter_map(cloud_watch).collect();
    let declared: Vec<String> =
        documents.iter().flat_map(|document| document.monitors.items()).filter_map(name_of).collect();
    for document in documents {
        let mut monitors = Vec::new();
        if let Field::Given(services) = &mut document.services {
            for service in &mut services.value {
                monitors.extend(of_service(&mut service.value, &clouds, notes));
            }
        }
        monitors.retain(|monitor| name_of(monitor).is_none_or(|name| !declared.contains(&name)));
        add(&mut document.monitors, monitors);
    }
}

/// The name of a CloudWatch source; the inner `None`: it is misread.
#[expect(clippy::option_option, reason = "the outer one means another kind of source")]
fn cloud_watch(source: &Given<Source>) -> Option<Option<String>> {
    match &source.value {
        Source::CloudWatch(source) => Some(source.name.value().map(ToString::to_string)),
        Source::Prometheus(_) => None,
    }
}

fn name_of(monitor: &Given<Monitor>) -> Option<String> {
    monitor.value.name.value().map(ToString::to_string)
}

fn of_service(service: &mut Service, clouds: &[Option<String>], notes: &mut Notes) -> Vec<Given<Monitor>> {
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
        let Some(source) = source_of(&filling, resource.at, clouds, notes) else { continue };
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
fn source_of(filling: &Filling<'_>, at: Place, clouds: &[Option<String>], notes: &mut Notes) -> Option<String> {
    match (filling.source, clouds) {
        (Field::Given(given), _) => Some(given.value.clone()),
        (Field::Mistaken, _) | (Field::Absent, []) => None,
        (Field::Absent, [only]) => only.clone(),
        (Field::Absent, several) => {
            let names: Vec<&str> = several.iter().flatten().map(String::as_str).collect();
            let note = Note::at(at, "is missing, and there are several sources of CloudWatch").below("source");
            notes.add(note.hint(format!("write one of {}, or monitored: false", names.join(", "))));
            None
        }
    }
}

fn filled(filling: &Filling<'_>, service: &str, source: &str, at: Place, notes: &mut Notes) -> Option<Node> {
    let slug: String = filling.values.first()?.1.value()?.chars().take(SLUG_CHARS_MAX).map(in_name).collect();
    let mut text =
        filling.pack.replace("{slug}", &slug).replace("{service}", service).replace("{source}", &escaped(source));
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
