use domain::id::PersonName;
use domain::on_call::{self, Change, Schedule};
use domain::units::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// Who is on call on a schedule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct OnCall {
    /// The schedule.
    schedule: String,
    /// Whose clock its handoffs go by.
    zone: String,
    /// When they are on call.
    #[schema(format = DateTime)]
    at: String,
    /// Who; nobody in a gap.
    people: Vec<String>,
    /// Who is on call after them; absent: nothing changes for 400 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<NextOnCall>,
}

/// Who is on call next.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct NextOnCall {
    /// From when on.
    #[schema(format = DateTime)]
    at: String,
    /// Who; nobody in a gap.
    people: Vec<String>,
}

/// A change of who is on call for a while.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct Override {
    /// Its id.
    id: String,
    /// The schedule.
    schedule: String,
    /// `add`, `remove` or `replace`.
    change: &'static str,
    /// Who is added or removed, or whose turns another one takes.
    person: String,
    /// Who takes the turns.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    replacement: Option<String>,
    /// The first instant at which it holds.
    #[schema(format = DateTime)]
    starts_at: String,
    /// The first one at which it no longer does.
    #[schema(format = DateTime)]
    ends_at: String,
    /// Whether it holds now.
    holds: bool,
    /// Who made it.
    by: String,
    /// Why.
    comment: String,
}

impl OnCall {
    pub(crate) fn new(
        schedule: &Schedule,
        at: Time,
        people: Vec<PersonName>,
        next: Option<(Time, Vec<PersonName>)>,
    ) -> Self {
        let texts = |people: Vec<PersonName>| people.iter().map(ToString::to_string).collect();
        Self {
            schedule: schedule.name.to_string(),
            zone: schedule.zone.to_string(),
            at: at.to_string(),
            people: texts(people),
            next: next.map(|(at, people)| NextOnCall { at: at.to_string(), people: texts(people) }),
        }
    }
}

impl Override {
    pub(crate) fn of(made: on_call::Override, now: Time) -> Self {
        let holds = made.holds(now);
        let (change, person, replacement) = match made.change {
            Change::Add { person } => ("add", person, None),
            Change::Remove { person } => ("remove", person, None),
            Change::Replace { person, by } => ("replace", person, Some(by.to_string())),
        };
        Self {
            id: made.id.to_string(),
            schedule: made.schedule.to_string(),
            change,
            person: person.to_string(),
            replacement,
            starts_at: made.starts_at.to_string(),
            ends_at: made.ends_at.to_string(),
            holds,
            by: made.by,
            comment: made.comment,
        }
    }
}
