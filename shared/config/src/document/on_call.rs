use domain::id::{PersonName, PolicyName, RotationName, ScheduleName, TeamName};
use domain::notification::{Address, PagerDutyId};
use domain::on_call::{Turn, Wall};
use domain::units::{Span, Zone};

use super::{Day, List};
use crate::read::{OneOrMore, record};

record! {
    /// Somebody who can be told.
    Person {
        /// The name, unique among people.
        name: required PersonName,
        /// The time zone where they are, an IANA name. Default UTC.
        zone: optional Zone,
        /// Where they are reached, in the order in which they are told: phone:+4930123456 for a text message,
        /// slack:U0123ABCDEF for a direct message of Slack's bot, email:ann@example.com.
        addresses: required OneOrMore<Reached>,
        /// The id of their user in PagerDuty, which ends the address of their profile: PXPGF42. What that user does there,
        /// they have done.
        pagerduty: optional PagerDutyId,
    }
}

record! {
    /// People who are told together.
    Team {
        /// The name, unique among teams.
        name: required TeamName,
        /// The names of people.
        members: required OneOrMore<String>,
    }
}

record! {
    /// Who is on call when: all whose turn it is in one of the rotations.
    Schedule {
        /// The name, unique among schedules.
        name: required ScheduleName,
        /// The time zone by whose clock handoffs and hours go, an IANA name. Default UTC.
        zone: optional Zone,
        /// Who takes turns; several rotations are on call together.
        rotations: required List<Rotation>,
    }
}

record! {
    /// People who take turns.
    Rotation {
        /// The name, unique within the schedule.
        name: required RotationName,
        /// The names of people, in the order of their turns; who stands there twice has two turns.
        people: required OneOrMore<String>,
        /// How long a turn is: hour, day, week, month, or several of them such as 2 weeks. Default week.
        every: optional Turns,
        /// When the first turn of the first person begins, by the clock of the schedule's zone: 2026-01-05 09:00. Handoffs
        /// stay at this time of the clock.
        start: required Wall,
        /// Times of the week at which the rotation is on call, one or more. Default always.
        hours: optional OneOrMore<OnCallHours>,
    }
}

record! {
    /// Times of the week.
    OnCallHours {
        /// The days of the week: mon, tue, wed, thu, fri, sat, sun. Default all.
        days: optional OneOrMore<Day>,
        /// The time of the clock at which they begin, such as "09:00".
        from: required String,
        /// The time of the clock at which they are over. One that is not after from is one of the next day.
        until: required String,
    }
}

record! {
    /// Who is paged, one step after the other, until somebody acknowledges.
    Escalation {
        /// The name, unique among escalations; routes refer to it.
        name: required PolicyName,
        /// The steps, in order.
        steps: required List<EscalationStep>,
        /// How often all steps are gone through again, 0 to 5. Default 0.
        repeat: optional u32,
        /// How long after the last step the next round begins, or the fallback is told: 1m to 6d6h. Default what the
        /// severity says: 15m for SEV1, 30m for SEV2, 2h for SEV3, 8h for SEV4.
        again_after: optional Span,
        /// The channel that is told when the last round is over, and each hour after, until somebody acknowledges. Default the
        /// last step.
        fallback: optional String,
        /// Who has acknowledged is asked for a word after this long without one, 1m to 6d6h. Default never.
        remind_every: optional Span,
    }
}

record! {
    /// One step: who is paged at the same time.
    EscalationStep {
        /// How long after the step before, 1m to 6d6h; for the first step after the incident began, which may be 0m. Default
        /// what the severity says: 15m for SEV1, 30m for SEV2, 2h for SEV3, 8h for SEV4; the first step at once.
        after: optional Span,
        /// Whom: person:ann, schedule:shop (who is on call then), rotation:shop/days (who is on call then in one rotation of the
        /// schedule), team:shop (each member), channel:ops.
        page: required OneOrMore<Page>,
    }
}

/// Where a person is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reached(pub(crate) Address);

/// How long a turn is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Turns(pub(crate) Turn);

/// Whom a step pages: a kind, and the name of one of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Page {
    pub(crate) kind: PageKind,
    pub(crate) name: String,
}

/// What a page names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PageKind {
    Person,
    Schedule,
    Rotation,
    Team,
    Channel,
}
