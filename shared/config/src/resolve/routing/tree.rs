use std::collections::BTreeSet;

use domain::id::{ChannelName, IntervalName};
use domain::label::{LABEL_BYTES_MAX, Matcher, Matchers};
use domain::routing::{GroupBy, ROUTES_MAX, Route as Resolved};
use domain::service::UNASSIGNED;
use domain::units::Span;

use super::super::checks::{twice, within_or};
use super::super::whole::only;
use super::super::{Names, OWN_SERVICE};
use super::{matchers, reached};
use crate::document::{Document, Route};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, OneOrMore};
use crate::tree::Place;

/// How long groups may wait, at least and at most.
pub(crate) struct Timing {
    /// Of `group_wait`; a person who is paged should not learn of it an hour late.
    pub(crate) wait: [Span; 2],
    /// Of `group_interval`.
    pub(crate) interval: [Span; 2],
    /// Of `repeat_interval`; the timekeeper looks each minute, and a year is never.
    pub(crate) repeat: [Span; 2],
}

pub(crate) const TIMING: Timing = Timing {
    wait: [Span::from_seconds(0), Span::HOUR],
    interval: [Span::from_seconds(1), Span::DAY],
    repeat: [Span::MINUTE, Span::DAY.times(365)],
};
/// How deep routes lie in routes; deeper nobody follows.
const DEPTH_MAX: usize = 10;
/// Labels that make a group.
const GROUP_LABELS_MAX: usize = 32;
/// All labels make the group. Source: Alertmanager.
const ALL: &str = "...";

/// The root, under which all routes of the documents lie.
pub(super) fn root(documents: &[Document], names: &Names, notes: &mut Notes) -> Resolved {
    let mut own = Resolved::default();
    let mut has_channels = false;
    if let Some(given) = only(documents, "grouping", |document| &document.grouping, notes) {
        let grouping = &given.value;
        let times = [&grouping.group_wait, &grouping.group_interval, &grouping.repeat_interval];
        grouped(&mut own, &grouping.group_by, times, notes);
        has_channels = !grouping.channels.is_absent();
        if let Some(channels) = grouping.channels.given() {
            own.channels = self::channels(channels, names, notes);
        }
    }
    let routes: Vec<&Given<Route>> = documents.iter().flat_map(|document| document.routes.items()).collect();
    let mut tree = Tree { names, count: 0, notes };
    let around = Around { own: &own, has_channels, depth: 1, matchers: Vec::new() };
    let children = tree.children(&routes, &around);
    own.routes = children;
    own
}

/// What routes inherit.
struct Around<'r> {
    own: &'r Resolved,
    /// Whether channels were named, be it none.
    has_channels: bool,
    depth: usize,
    /// What the routes around ask for, which holds for all that they take.
    matchers: Vec<Matcher>,
}

struct Tree<'n, 'd> {
    names: &'n Names<'d>,
    count: usize,
    notes: &'n mut Notes,
}

/// A route, where it stands, and whether all that it asks for could be read.
pub(super) struct Placed {
    pub(super) route: Resolved,
    pub(super) at: Place,
    pub(super) is_sound: bool,
}

impl Tree<'_, '_> {
    fn children(&mut self, items: &[&Given<Route>], around: &Around<'_>) -> Vec<Resolved> {
        if around.depth > DEPTH_MAX
            && let Some(first) = items.first()
        {
            let note = Note::at(first.at, format!("routes lie more than {DEPTH_MAX} deep"));
            self.notes.add(note.hint("write the matchers of several levels into one route"));
            return Vec::new();
        }
        let siblings: Vec<Placed> = items.iter().filter_map(|given| self.one(given, around)).collect();
        reached::refuse(&siblings, self.notes);
        siblings.into_iter().map(|placed| placed.route).collect()
    }

    fn one(&mut self, given: &Given<Route>, around: &Around<'_>) -> Option<Placed> {
        self.count += 1;
        if self.count > ROUTES_MAX {
            if self.count == ROUTES_MAX + 1 {
                let note = Note::at(given.at, format!("more than {ROUTES_MAX} routes"));
                self.notes.add(note.hint("say more with each, by regular expressions"));
            }
            return None;
        }
        let Given { at, value: written } = given;
        let mut route = Resolved { matchers: Matchers::default(), routes: Vec::new(), ..around.own.clone() };
        let asked = self.matchers(written);
        let is_sound = asked.is_some();
        route.matchers = asked.and_then(|asked| matchers::all(asked, *at, self.notes)).unwrap_or_default();
        if is_sound {
            reached::refuse_impossible(&route.matchers, &around.matchers, *at, self.notes);
        }
        self.told(&mut route, given, around);
        let times = [&written.group_wait, &written.group_interval, &written.repeat_interval];
        grouped(&mut route, &written.group_by, times, self.notes);
        route.mute_in = self.intervals(&written.mute_in);
        route.active_in = self.intervals(&written.active_in);
        route.goes_on = written.goes_on.value().copied().unwrap_or(false);
        let below: Vec<&Given<Route>> = written.routes.items().iter().collect();
        let own = Around {
            own: &route,
            has_channels: around.has_channels || !written.channels.is_absent(),
            depth: around.depth + 1,
            matchers: around.matchers.iter().chain(&route.matchers).cloned().collect(),
        };
        let children = self.children(&below, &own);
        route.routes = children;
        Some(Placed { route, at: *at, is_sound })
    }

    /// What a route asks for, in either form; `None` after a mistake.
    fn matchers(&mut self, route: &Route) -> Option<Vec<Matcher>> {
        let own = match &route.matches {
            Field::Absent => Some(Vec::new()),
            Field::Mistaken => None,
            Field::Given(given) => {
                matchers::refuse_unknown(given, self.names, self.notes);
                Some(given.value.0.iter().cloned().collect::<Vec<Matcher>>())
            }
        };
        let service = self.services(&route.service);
        let severity = of(&route.severity, |severity| severity.as_str().to_owned(), self.notes);
        let category = route.category.optional();
        let mut all = own?;
        let category = category?.map(|category| vec![category.as_str().to_owned()]).unwrap_or_default();
        for (label, values) in [("service", service?), ("severity", severity?), ("category", category)] {
            if !values.is_empty() {
                all.push(crate::read::any_of(label, &values).ok()?);
            }
        }
        Some(all)
    }

    fn services(&mut self, field: &Field<OneOrMore<String>>) -> Option<Vec<String>> {
        let found = of(field, String::clone, self.notes)?;
        let items = field.value().map_or(&[][..], |items| &items.0);
        for given in items {
            if ![OWN_SERVICE, UNASSIGNED].contains(&given.value.as_str()) {
                self.names.services.check(&given.value, given.at, self.notes);
            }
        }
        Some(found)
    }

    /// Who is told: what the route says, or the one around it.
    fn told(&mut self, route: &mut Resolved, given: &Given<Route>, around: &Around<'_>) {
        let written = &given.value;
        if let Some(escalation) = written.escalation.given()
            && self.names.policies.check(&escalation.value, escalation.at, self.notes)
        {
            route.escalation = escalation.value.parse().ok();
        }
        let pages = !written.escalation.is_absent() || route.escalation.is_some();
        match &written.channels {
            Field::Absent if !around.has_channels && !pages => {
                let note = Note::at(given.at, "is missing").below("channels");
                self.notes.add(note.hint("name at least one, or write [] where nobody is to be told"));
            }
            Field::Given(channels) if channels.value.0.is_empty() && takes_all(written) && !pages => {
                let note = Note::at(channels.at, "the route goes nowhere");
                self.notes.add(note.hint("name at least one channel, or leave the route out"));
            }
            Field::Given(channels) => route.channels = self::channels(channels, self.names, self.notes),
            _ => {}
        }
    }

    fn intervals(&mut self, field: &Field<OneOrMore<String>>) -> Vec<IntervalName> {
        let mut found: Vec<IntervalName> = Vec::new();
        for given in field.value().map_or(&[][..], |items| &items.0) {
            if found.iter().any(|name| name.as_str() == given.value) {
                twice(given, self.notes);
            } else if self.names.intervals.check(&given.value, given.at, self.notes) {
                found.extend(given.value.parse::<IntervalName>());
            }
        }
        found
    }
}

fn takes_all(route: &Route) -> bool {
    let asks = route.matches.value().map_or(!route.matches.is_absent(), |matching| !matching.0.is_empty());
    !asks && route.service.is_absent() && route.severity.is_absent() && route.category.is_absent()
}

/// Each value once.
fn of<T: PartialEq + std::fmt::Display>(
    field: &Field<OneOrMore<T>>,
    text: impl Fn(&T) -> String,
    notes: &mut Notes,
) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    match field {
        Field::Absent => {}
        Field::Mistaken => return None,
        Field::Given(items) => {
            for given in &items.value.0 {
                let text = text(&given.value);
                if found.contains(&text) {
                    twice(given, notes);
                } else {
                    found.push(text);
                }
            }
        }
    }
    Some(found)
}

/// How a route groups, where it says so.
fn grouped(
    route: &mut Resolved,
    group_by: &Field<OneOrMore<String>>,
    [wait, interval, repeat]: [&Field<Span>; 3],
    notes: &mut Notes,
) {
    for (field, own, limits) in [
        (wait, &mut route.group_wait, TIMING.wait),
        (interval, &mut route.group_interval, TIMING.interval),
        (repeat, &mut route.repeat_interval, TIMING.repeat),
    ] {
        *own = within_or(field, *own, limits, notes).unwrap_or(*own);
    }
    let Some(given) = group_by.given() else { return };
    let items = &given.value.0;
    if items.iter().any(|item| item.value == ALL) {
        if items.len() > 1 {
            let note = Note::at(given.at, format!("{ALL:?} is all labels"));
            notes.add(note.hint("leave the others out, or leave it out"));
        }
        route.group_by = GroupBy::All;
        return;
    }
    let mut labels: BTreeSet<String> = BTreeSet::new();
    for item in items {
        if item.value.len() > LABEL_BYTES_MAX {
            notes.add(Note::at(item.at, format!("a label's name is longer than {LABEL_BYTES_MAX} bytes")));
        } else if !labels.insert(item.value.clone()) {
            twice(item, notes);
        }
    }
    if labels.len() > GROUP_LABELS_MAX {
        let note = Note::at(given.at, format!("{} labels are more than {GROUP_LABELS_MAX}", labels.len()));
        notes.add(note.hint(format!("write {ALL:?} for all of them")));
    }
    route.group_by = GroupBy::Labels(labels);
}

fn channels(given: &Given<OneOrMore<String>>, names: &Names, notes: &mut Notes) -> Vec<ChannelName> {
    let mut found: Vec<ChannelName> = Vec::new();
    for item in &given.value.0 {
        if found.iter().any(|name| name.as_str() == item.value) {
            twice(item, notes);
        } else if names.channels.check(&item.value, item.at, notes)
            && let Ok(name) = item.value.parse()
        {
            found.push(name);
        }
    }
    found
}
