//! A scenario for `tocsin simulate`: what happens to whom and when, and what is expected of Tocsin.

mod document;
mod expected;
mod numbers;

use std::collections::BTreeMap;

use domain::id::{SeriesId, ServiceName};
use domain::label::Matchers;
use domain::metric::Series;
use domain::service::Resource;
use domain::setup::Setup;
use domain::units::{Span, Time, Unit};

pub use expected::{Expected, FIELDS};
pub use numbers::{NUMBERS_MAX, Point};

use crate::files::FILE_BYTES_MAX;
use crate::mistake::Mistakes;
use crate::nearest::nearest;
use crate::notes::{Note, Notes};
use crate::read::{Given, Read};
use crate::tree::{Place, parse};
use document::{Document, Done, When};

/// A scenario lasts at most this long, a week.
pub const MINUTES_MAX: u32 = 7 * 1440;

/// What happens, and what is expected.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// The clock at the beginning, a whole minute.
    pub start: Time,
    /// How many minutes pass.
    pub minutes: u32,
    /// What each series says, a point a period from the beginning on; nothing is known of others.
    pub series: BTreeMap<SeriesId, Vec<Point>>,
    /// What resources serve at the beginning.
    pub aliases: Vec<(Resource, String)>,
    /// What is done from outside, in order.
    pub steps: Vec<Step>,
    /// What must happen, and what must not.
    pub expect: Vec<Expected>,
}

/// Something that is done from outside.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// When: after the schedules of that minute have rung.
    pub at: Time,
    /// What.
    pub what: What,
}

/// What can be done from outside.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// Somebody takes the open incident of a service.
    Acknowledge(Person),
    /// Somebody ends it.
    Resolve(Person),
    /// Somebody puts it off.
    Snooze {
        /// Who, and the incident of which service.
        person: Person,
        /// For how long.
        lasts: Span,
    },
    /// Somebody silences alerts from now on.
    Silence {
        /// Which.
        matchers: Matchers,
        /// For how long.
        lasts: Span,
        /// Who.
        by: String,
        /// Why.
        comment: String,
    },
    /// Somebody approves the action that waits there.
    Approve(Person),
    /// Somebody refuses it.
    Refuse(Person),
    /// Somebody throws or releases the kill switch.
    KillSwitch {
        /// Whether no action may act from now on.
        engaged: bool,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Somebody releases a version.
    Release {
        /// To where.
        resource: Resource,
        /// Which.
        version: String,
        /// What it is said to be.
        description: String,
    },
    /// A service reports what it did, as to `POST /v1/events`.
    Event(serde_json::Map<String, serde_json::Value>),
    /// A service pushes a number, as to `POST /v1/metrics`.
    Metric {
        /// Only for series of this service.
        service: Option<ServiceName>,
        /// The metric.
        metric: String,
        /// Its dimensions.
        dimensions: BTreeMap<String, String>,
        /// The number.
        value: f64,
        /// Its unit; `None`: that of the series.
        unit: Option<Unit>,
    },
}

/// Who does something to a service's incident.
#[derive(Clone, PartialEq, Debug)]
pub struct Person {
    /// The service.
    pub service: ServiceName,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Reads the scenario `text` of the file `name` for the configuration `setup`.
///
/// # Errors
/// Everything that is wrong, together.
pub fn read(name: &str, text: &str, setup: &Setup) -> Result<Scenario, Mistakes> {
    let mut notes = Notes::default();
    notes.files.push(name.to_owned());
    let tree = if text.len() > FILE_BYTES_MAX {
        let place = Place { file: 0, line: 1, column: 1 };
        notes.add(Note::at(place, format!("the file has {} bytes, at most {FILE_BYTES_MAX} are read", text.len())));
        None
    } else {
        parse(0, text, &mut notes)
    };
    let document = tree.as_ref().and_then(|tree| Document::read(tree, &mut notes));
    let scenario = document.and_then(|document| resolve(&document, setup, &mut notes));
    Ok(notes.verdict(scenario, &[tree])?.expect("what cannot be read is noted"))
}

fn resolve(document: &Document, setup: &Setup, notes: &mut Notes) -> Option<Scenario> {
    if let Some(given) = document.version.given().filter(|given| given.value != 1) {
        notes.add(Note::at(given.at, format!("{} is not a version of this format", given.value)).hint("write 1"));
    }
    let start = document.start.value().copied();
    let clock = Clock { start, minutes: document.minutes.value().copied().unwrap_or(0) };
    if let Some(given) = document.minutes.given()
        && !(1..=MINUTES_MAX).contains(&given.value)
    {
        let wrong = format!("{} minutes are not 1 to {MINUTES_MAX}", given.value);
        notes.add(Note::at(given.at, wrong).hint("a scenario lasts a week at most"));
    }
    let series = series(document, clock, setup, notes);
    let aliases = document.aliases.items().iter().filter_map(|alias| alias.value.resolve(setup, alias.at, notes));
    let aliases = aliases.map(|(resource, version, _)| (resource, version)).collect();
    let mut steps: Vec<Step> = Vec::new();
    for given in document.steps.items() {
        steps.extend(step(given, clock, setup, notes));
    }
    steps.sort_by_key(|step| step.at);
    let expect = document.expect.items().iter();
    let expect = expect.filter_map(|given| given.value.resolve(clock, notes, given.at)).collect();
    Some(Scenario { start: start?, minutes: clock.minutes, series, aliases, steps, expect })
}

/// The clock of a scenario.
#[derive(Clone, Copy)]
struct Clock {
    /// `None` after a mistake.
    start: Option<Time>,
    minutes: u32,
}

impl Clock {
    /// The minute that is meant, if the scenario has it.
    fn minute(self, when: &Given<When>, notes: &mut Notes) -> Option<Time> {
        let start = self.start?;
        let time = match when.value {
            When::After(span) => start + span,
            When::At(time) => time,
        };
        let end = start + Span::from_minutes(self.minutes);
        let problem = if time < start || time > end {
            format!("{time} is outside of the scenario, {start} to {end}")
        } else if time.floor(Span::MINUTE) != time {
            format!("{time} is not a whole minute")
        } else {
            return Some(time);
        };
        notes.add(Note::at(when.at, problem).hint("write minutes since the start, such as 14m"));
        None
    }
}

fn series(document: &Document, clock: Clock, setup: &Setup, notes: &mut Notes) -> BTreeMap<SeriesId, Vec<Point>> {
    let mut all = BTreeMap::new();
    for (name, points) in document.series.value().into_iter().flat_map(|series| &series.0) {
        let known = || setup.series.iter().map(|series| series.id.as_str());
        let Some(series) = setup.series.iter().find(|series| series.id.as_str() == name.text) else {
            let hint = nearest(&name.text, known()).map(|name| format!("did you mean {name:?}?"));
            let hint = hint.or_else(|| Some(format!("known are {}", known().take(5).collect::<Vec<_>>().join(", "))));
            notes.add(Note::at_key(name.at, "the configuration has no such series").value(&name.text).hint_if(hint));
            continue;
        };
        if points.value.len() > periods(series, clock) {
            let wrong = format!(
                "has {} numbers, one each {}, for {} minutes",
                points.value.len(),
                series.period,
                clock.minutes
            );
            let hint = "\"1x4\" is five numbers, as in Prometheus; lengthen minutes, or write fewer";
            notes.add(Note::at(points.at, wrong).hint(hint));
        }
        if all.insert(series.id.clone(), points.value.clone()).is_some() {
            notes.add(Note::at_key(name.at, format!("{:?} stands here twice", name.text)).hint("keep one"));
        }
    }
    all
}

/// How many periods the scenario has, begun ones counted.
fn periods(series: &Series, clock: Clock) -> usize {
    clock.minutes.min(MINUTES_MAX).saturating_mul(60).div_ceil(series.period.seconds().max(1)) as usize
}

fn step(given: &Given<document::Step>, clock: Clock, setup: &Setup, notes: &mut Notes) -> Option<Step> {
    let at = given.value.at.given().and_then(|when| clock.minute(when, notes));
    let done = given.value.done(given.at, notes)?;
    let what = match done {
        Done::Person(make, person) => make(person.resolve(setup, notes)?),
        Done::Snooze(snooze) => snooze.resolve(setup, notes)?,
        Done::Silence(silence) => silence.resolve(notes)?,
        Done::KillSwitch(switch) => What::KillSwitch {
            engaged: *switch.engaged.value()?,
            by: switch.by.value()?.clone(),
            reason: switch.reason.value().cloned().unwrap_or_default(),
        },
        Done::Release(alias, place) => {
            let (resource, version, description) = alias.resolve(setup, place, notes)?;
            What::Release { resource, version, description }
        }
        Done::Event(event) => What::Event(event.clone()),
        Done::Metric(metric) => metric.resolve()?,
    };
    Some(Step { at: at?, what })
}
