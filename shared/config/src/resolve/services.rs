use domain::id::SeriesId;

use super::known::Known;
use super::{Names, OWN_SERVICE, checks, resources};
use crate::document::{Document, Service};
use crate::notes::{Note, Notes};
use crate::read::Given;

pub(super) fn known<'d>(documents: &'d [Document], whole: bool, notes: &mut Notes) -> Known<&'d Given<Service>> {
    let named = all(documents).filter_map(|service| {
        let name = service.value.name.given()?;
        Some((name.value.to_string(), name.at, service))
    });
    Known::of("service", whole, named, notes)
}

pub(super) fn resolve(documents: &[Document], names: &Names, notes: &mut Notes) -> Vec<domain::service::Service> {
    all(documents).filter_map(|service| one(&service.value, names, notes)).collect()
}

pub(super) fn all(documents: &[Document]) -> impl Iterator<Item = &Given<Service>> {
    documents.iter().flat_map(|document| document.services.items())
}

fn one(service: &Service, names: &Names, notes: &mut Notes) -> Option<domain::service::Service> {
    if let Some(given) = service.name.given()
        && given.value.as_str() == OWN_SERVICE
    {
        let note = Note::at(given.at, format!("{OWN_SERVICE:?} is the name of Tocsin's own trouble"));
        notes.add(note.value(OWN_SERVICE).hint("choose another name"));
    }
    let resources = resources::resolve(service, notes);
    let depends_on = depends_on(service, names, notes);
    let name = service.name.value()?;
    let series = service.series.items().iter().filter_map(|series| {
        let series = series.value.name.value()?;
        SeriesId::of(name, series).ok()
    });
    Some(domain::service::Service {
        name: name.clone(),
        owner: service.owner.value()?.clone(),
        critical: service.critical.or(false)?,
        depends_on,
        resources,
        series: series.collect(),
    })
}

fn depends_on(service: &Service, names: &Names, notes: &mut Notes) -> Vec<domain::id::ServiceName> {
    let own = service.name.value().map(domain::id::ServiceName::as_str);
    let mut found: Vec<domain::id::ServiceName> = Vec::new();
    for given in service.depends_on.items() {
        if own == Some(&given.value) {
            let note = Note::at(given.at, "a service cannot depend on itself").value(&given.value);
            notes.add(note.hint("leave it out"));
        } else if found.iter().any(|name| name.as_str() == given.value) {
            checks::twice(given, notes);
        } else if names.services.check(&given.value, given.at, notes)
            && let Ok(name) = given.value.parse()
        {
            found.push(name);
        }
    }
    found
}
