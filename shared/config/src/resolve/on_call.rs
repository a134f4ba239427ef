//! People, teams, schedules and escalations: names that resolve, and nothing that reaches nobody.

mod escalations;
mod schedules;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use domain::id::PersonName;
use domain::notification::{Address, Channel, PagerDutyId};
use domain::on_call::{OnCall, Person as ResolvedPerson, Team as ResolvedTeam};

use super::checks;
use super::known::Known;
use crate::document::{Document, Person, Reached, Schedule, Team};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, OneOrMore};
use crate::tree::Place;

/// What escalations and schedules refer to.
struct Names<'n> {
    people: Known<()>,
    teams: Known<()>,
    schedules: Known<()>,
    /// As `schedule/rotation`.
    rotations: Known<()>,
    channels: &'n Known<()>,
}

/// The escalations that routes refer to.
pub(super) fn policies(documents: &[Document], whole: bool, notes: &mut Notes) -> Known<()> {
    let escalations = documents.iter().flat_map(|document| document.escalations.items());
    known("escalation", whole, escalations.map(|escalation| &escalation.value.name), notes)
}

pub(super) fn resolve(
    documents: &[Document],
    whole: bool,
    (names, channels): (&Known<()>, &[Channel]),
    notes: &mut Notes,
) -> OnCall {
    let people = || documents.iter().flat_map(|document| document.people.items());
    let teams = || documents.iter().flat_map(|document| document.teams.items());
    let schedules = || documents.iter().flat_map(|document| document.schedules.items());
    let escalations = || documents.iter().flat_map(|document| document.escalations.items());
    // Where one of the channels is wrong, or may stand elsewhere, nobody knows who can be told.
    let written: usize = documents.iter().map(|document| document.channels.items().len()).sum();
    let channels = (whole && written == channels.len()).then_some(channels);
    few(people().map(|person| person.at), OnCall::PEOPLE_MAX, "people", notes);
    few(teams().map(|team| team.at), OnCall::TEAMS_MAX, "teams", notes);
    few(schedules().map(|schedule| schedule.at), OnCall::SCHEDULES_MAX, "schedules", notes);
    few(escalations().map(|escalation| escalation.at), OnCall::POLICIES_MAX, "escalations", notes);
    users(people().filter_map(|person| person.value.pagerduty.given()), notes);
    let names = Names {
        people: known("person", whole, people().map(|person| &person.value.name), notes),
        teams: known("team", whole, teams().map(|team| &team.value.name), notes),
        schedules: known("schedule", whole, schedules().map(|schedule| &schedule.value.name), notes),
        rotations: rotations(schedules().map(|schedule| &schedule.value), whole, notes),
        channels: names,
    };
    OnCall {
        people: people().filter_map(|given| person(&given.value, channels, notes)).collect(),
        teams: teams().filter_map(|given| team(&given.value, &names, notes)).collect(),
        schedules: schedules().filter_map(|given| schedules::one(&given.value, &names, notes)).collect(),
        policies: escalations().filter_map(|given| escalations::one(&given.value, &names, notes)).collect(),
    }
}

fn known<'d, T: ToString + 'd>(
    what: &'static str,
    whole: bool,
    fields: impl Iterator<Item = &'d Field<T>>,
    notes: &mut Notes,
) -> Known<()> {
    let named = fields.filter_map(|field| field.given().map(|given| (given.value.to_string(), given.at, ())));
    Known::of(what, whole, named, notes)
}

/// The rotations of the schedules; of a name that is given twice it is noted elsewhere.
fn rotations<'d>(schedules: impl Iterator<Item = &'d Schedule>, whole: bool, notes: &mut Notes) -> Known<()> {
    let named: BTreeMap<String, Place> = schedules
        .filter_map(|schedule| Some((schedule.name.value()?, schedule.rotations.items())))
        .flat_map(|(schedule, rotations)| {
            let names = rotations.iter().filter_map(|rotation| rotation.value.name.given());
            names.map(move |name| (format!("{schedule}/{}", name.value), name.at))
        })
        .collect();
    Known::of("rotation", whole, named.into_iter().map(|(name, at)| (name, at, ())), notes)
}

/// Notes the first of those that are too many.
fn few(mut places: impl Iterator<Item = Place>, most: usize, what: &str, notes: &mut Notes) {
    if let Some(at) = places.nth(most) {
        notes.add(Note::at(at, format!("there are more than {most} {what}")));
    }
}

/// Notes each user of `PagerDuty` who would be two people.
fn users<'d>(users: impl Iterator<Item = &'d Given<PagerDutyId>>, notes: &mut Notes) {
    let mut seen = BTreeSet::new();
    for user in users {
        if !seen.insert(&user.value) {
            let note = Note::at(user.at, "this user of PagerDuty is another person, too");
            notes.add(note.value(user.value.as_str()).hint("a user is one person; keep one"));
        }
    }
}

fn person(person: &Person, channels: Option<&[Channel]>, notes: &mut Notes) -> Option<ResolvedPerson> {
    let addresses = person.addresses.given().map(|given| addresses(given, channels, notes));
    let zone = person.zone.or_default();
    let pagerduty = person.pagerduty.optional()?;
    Some(ResolvedPerson { name: person.name.value()?.clone(), zone: zone?, addresses: addresses?, pagerduty })
}

fn addresses(given: &Given<OneOrMore<Reached>>, channels: Option<&[Channel]>, notes: &mut Notes) -> Vec<Address> {
    let items = &given.value.0;
    if items.is_empty() {
        let note = Note::at(given.at, "the person is reached nowhere");
        notes.add(note.hint("write at least one address, such as email:ann@example.com"));
    }
    few(items.iter().map(|item| item.at), OnCall::ADDRESSES_MAX, "addresses of one person", notes);
    let mut found: Vec<Address> = Vec::new();
    for item in items {
        let Reached(address) = &item.value;
        if found.contains(address) {
            checks::twice(item, notes);
        } else if channels.is_some_and(|channels| address.kind(channels).is_none()) {
            let (what, kind) = match address {
                Address::Email(_) => ("sends mail", "email"),
                Address::Phone(_) => ("sends text messages", "sms"),
                Address::Slack(_) => ("writes direct messages", "slack-bot"),
            };
            let note = Note::at(item.at, format!("no channel {what}")).value(&item.value.to_string());
            notes.add(note.hint(format!("declare a channel of the kind {kind}")));
        } else {
            found.push(address.clone());
        }
    }
    found
}

fn team(team: &Team, names: &Names<'_>, notes: &mut Notes) -> Option<ResolvedTeam> {
    let members = team.members.given().map(|given| {
        let items = &given.value.0;
        if items.is_empty() {
            notes.add(Note::at(given.at, "the team has no members").hint("name at least one person"));
        }
        few(items.iter().map(|item| item.at), OnCall::TEAMS_MAX, "members of one team", notes);
        unique(items, &names.people, notes)
    });
    Some(ResolvedTeam { name: team.name.value()?.clone(), members: members? })
}

/// Names that are known, each once.
fn unique(items: &[Given<String>], known: &Known<()>, notes: &mut Notes) -> Vec<PersonName> {
    let mut found: Vec<PersonName> = Vec::new();
    for item in items {
        if found.iter().any(|name| name.as_str() == item.value) {
            checks::twice(item, notes);
        } else if let Some(name) = named(&item.value, item, known, notes) {
            found.push(name);
        }
    }
    found
}

/// The name, if it is known; otherwise that is noted at `given`.
fn named<T: FromStr, G: Display>(name: &str, given: &Given<G>, known: &Known<()>, notes: &mut Notes) -> Option<T> {
    let written = given.value.to_string();
    known.find_as(name, &written, given.at, notes).and_then(|()| name.parse().ok())
}
