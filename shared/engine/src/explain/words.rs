//! The sentences of an explanation.

use std::fmt;

use domain::alert::Status;
use domain::escalation::State;
use domain::group::Outlook;
use domain::id::{ChannelName, Fingerprint, PolicyName, ServiceName};
use domain::label::Labels;
use domain::notification::ReceiptState;
use domain::routing::{GROUPS_MAX, RoutePath};
use domain::units::Time;

use super::{Check, Clock, Looked, Said, Sent, Step};

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said.fmt(f)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Route { route, outcome, .. } => looked(route, outcome, f),
            Self::TakenAs { label, value, taken } => write!(f, "{label} {value:?} is taken as {taken}."),
            Self::NoService { name } => {
                write!(f, "{name:?} is no configured service: what is sent of it is taken as of service unassigned.")
            }
            Self::Calm => f.write_str("It does not flap."),
            Self::RestlessNotKept => f.write_str("Whether it flapped then is not kept."),
            Self::Flaps { since, until, firings, quiet_since } => {
                flaps(*since, (*firings, *quiet_since), f)?;
                write!(f, " Its end is believed when it is calm: at {until}, unless it fires anew.")
            }
            Self::NoGroup { status: Status::Firing } => f.write_str("It fires, and is in no group yet."),
            Self::NoGroup { status } => {
                write!(
                    f,
                    "It is {} and in no group: its end was told, or nobody was told that it fired.",
                    status.as_str()
                )
            }
            Self::Group { route, labels, channels, escalation, firing } => {
                write!(f, "Group {} of route {route}", braces(labels))?;
                leads(*firing, channels, escalation.as_ref(), f)
            }
            Self::RouteGone { route } => {
                write!(f, "Route {route} is no longer part of the configuration: its alerts move at the next flush.")
            }
            Self::Then { fired } => f.write_str(fired_then(*fired)),
            Self::GroupTold { at, reason } => write!(f, "The group was last told at {at}: {reason}."),
            Self::Free { check } => write!(f, "{}", check.free()),
            Self::NotKept { check, silences_from } => not_kept(*check, *silences_from, f),
            Self::Held { held, .. } => write!(f, "It is held back: {held}."),
            Self::Waits { until, clock } => write!(f, "The group is looked at {until}: {clock}."),
            Self::Outlook(outlook) => says(outlook, f),
            Self::Tells { at, reason, channels } if channels.is_empty() => {
                write!(f, "No channel of its route is told at {at} ({reason}): none takes such news.")
            }
            Self::NoChannel { escalation: None } => {
                f.write_str("Nobody is told: its route leads to no channel, and calls nobody.")
            }
            Self::NoChannel { escalation: Some(policy) } => {
                write!(f, "No channel is told, for its route leads to none; {policy} calls people.")
            }
            Self::Tells { at, reason, channels } => write!(f, "It is told at {at} to {}: {reason}.", names(channels)),
            Self::Untold { looked_until: None } => f.write_str("As things stand, it is not told again."),
            Self::Untold { looked_until: Some(until) } => {
                write!(f, "As things stand, it is not told before {until}; further was not looked.")
            }
            Self::Receipt(sent) => write!(f, "{sent}"),
            Self::NotAllAsked => {
                let asked = crate::flush::FIRING_MAX;
                write!(f, "No other alert inhibits it, of the {asked} that have fired longest; more fire.")
            }
            Self::NobodyCalled
            | Self::Escalation { .. }
            | Self::OnCall { .. }
            | Self::TakesOver { .. }
            | Self::CallsNobody { .. }
            | Self::MoreCalls { .. }
            | Self::CallsRest
            | Self::AndSoOn
            | Self::Calls { .. } => called(self, f),
        }
    }
}

/// Who is called, and when.
fn called(said: &Said, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match said {
        Said::NobodyCalled => f.write_str("Nobody is called: no route that takes it has an escalation."),
        Said::Escalation { policy, stands: None } => {
            write!(f, "Policy {policy} has not begun to look for somebody.")
        }
        Said::Escalation { policy, stands: Some(state) } => stands(policy, state, f),
        Said::OnCall { step: 0, after, who } if after.is_zero() => write!(f, "Step 1, at once: {who}."),
        Said::OnCall { step, after, who } => write!(f, "Step {}, after {after}: {who}.", step + 1),
        Said::TakesOver { at, policy } => {
            write!(f, "At {at}: policy {policy} takes over, which is named for something worse.")
        }
        Said::CallsNobody { at, policy, instead } => {
            write!(f, "At {at}: policy {policy} calls nobody yet, for the incident has policy {instead} by then.")
        }
        Said::MoreCalls { calls } => write!(f, "{calls} more between these."),
        Said::CallsRest => {
            f.write_str("None of the incident's alerts fires now: nobody is called before one does again.")
        }
        Said::AndSoOn => f.write_str("And so on, until somebody acknowledges."),
        Said::Calls { at, what } => write!(f, "At {at}: {what}."),
        _ => Ok(()),
    }
}

fn flaps(since: Time, (firings, quiet_since): (u32, Option<Time>), f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "It flaps since {since}: it fired {firings} times")?;
    match quiet_since {
        Some(at) => write!(f, ", and is over for now since {at}."),
        None => f.write_str("."),
    }
}

/// What is in a group, and where it leads.
fn leads(
    firing: usize,
    channels: &[ChannelName],
    escalation: Option<&PolicyName>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match firing {
        0 => f.write_str(" has no other alert that fires")?,
        1 => f.write_str(" has 1 alert that fires")?,
        many => write!(f, " has {many} alerts that fire")?,
    }
    write!(f, "; it leads to {}", names(channels))?;
    match escalation {
        Some(policy) => write!(f, ", and {policy} calls people."),
        None => f.write_str(", and calls nobody."),
    }
}

fn stands(policy: &PolicyName, state: &State, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "Policy {policy} ")?;
    match state {
        State::Paging => f.write_str("looks for somebody."),
        State::Acknowledged { by, at, .. } => write!(f, "has found {by}, who has it since {at}."),
        State::Snoozed { by, until } => write!(f, "rests: {by} has snoozed it until {until}."),
        State::Exhausted { at } => write!(f, "has found nobody by {at}; its fallback is told."),
        State::Over => f.write_str("is over."),
    }
}

fn looked(route: &RoutePath, outcome: &Looked, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match outcome {
        Looked::Failed { matcher, value } if value.is_empty() => {
            write!(f, "Route {route} does not match: {matcher} is not satisfied by a missing label.")
        }
        Looked::Failed { matcher, value } => {
            write!(f, "Route {route} does not match: {matcher} is not satisfied by {value:?}.")
        }
        Looked::Below => write!(f, "Route {route} matches, and one below it."),
        Looked::Taken => write!(f, "Route {route} takes it."),
        Looked::Beyond => {
            write!(f, "Route {route} matches, and is not told: an alert is in at most {GROUPS_MAX} groups.")
        }
    }
}

fn says(outlook: &Outlook, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match outlook {
        Outlook::NotHere => f.write_str("The group does not hold it: it does not fire, or its end was told."),
        Outlook::Tells { at, reason } => write!(f, "Its next flush, at {at}, tells: {reason}."),
        Outlook::Held { held, again: Some(again) } => {
            write!(f, "The next flush, at {again}, does not tell of it: {held}.")
        }
        Outlook::Held { held, again: None } => write!(f, "It is not told: {held}."),
        Outlook::Told { at: Some(at), severity, verdict, .. } => {
            write!(f, "It was told as {severity}, last at {at}; now: {verdict}.")
        }
        Outlook::Told { at: None, severity, verdict, .. } => write!(f, "It was told as {severity}; now: {verdict}."),
        Outlook::Unsaid { verdict } => write!(f, "Nothing is told of it: {verdict}."),
    }
}

const fn fired_then(fired: Option<bool>) -> &'static str {
    match fired {
        Some(true) => {
            "It fired then. What its group looked like is not kept; the receipts say what was told. The configuration, the \
             labels and the severities are those of now."
        }
        Some(false) => "It did not fire then.",
        None => "Whether it fired then is not kept: it began to fire since.",
    }
}

fn not_kept(check: Check, silences_from: Time, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match check {
        Check::Inhibited => {
            f.write_str("No other alert is known to have inhibited it; one that might have has fired again since.")
        }
        Check::Silenced => {
            write!(f, "No silence that is kept covers it; those that had ended before {silences_from} are not kept.")
        }
        Check::MutedUntilResolved => f.write_str("Whether somebody had muted it until it is resolved is not kept."),
        Check::Interval | Check::Planned => f.write_str(check.free()),
    }
}

impl Check {
    const fn free(self) -> &'static str {
        match self {
            Self::Inhibited => "No other alert inhibits it.",
            Self::Interval => "Its route is active, and not muted.",
            Self::Silenced => "No silence covers it.",
            Self::Planned => "No maintenance is planned.",
            Self::MutedUntilResolved => "Nobody has muted it until it is resolved.",
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait { wait, since } => write!(f, "group_wait, {wait} after its first alert at {since}"),
            Self::Interval { interval, flushed } => {
                write!(f, "group_interval, {interval} after it was looked at {flushed}")
            }
            Self::Repeat { repeat } => write!(f, "repeat_interval, {repeat} after it was told"),
        }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { channel, page, created_at, tries, state, next_try } = self;
        let what = if page.is_some() { "Page to" } else { "Message to" };
        write!(f, "{what} {channel} of {created_at}: ")?;
        match state {
            ReceiptState::Sending => f.write_str("it is being sent")?,
            ReceiptState::Delivered { at, answer, .. } => write!(f, "delivered at {at} ({answer})")?,
            ReceiptState::Refused { at, answer } => write!(f, "refused at {at}: {answer}")?,
            ReceiptState::Retrying { reason } => write!(f, "not delivered in {tries} tries: {reason}")?,
            ReceiptState::Overtaken { at, reason } => write!(f, "not sent at {at}: {reason}")?,
            ReceiptState::Failed { at, reason } => write!(f, "given up at {at} after {tries} tries: {reason}")?,
        }
        match next_try {
            Some(next) if matches!(state, ReceiptState::Retrying { .. }) => write!(f, "; tried again at {next}."),
            _ => f.write_str("."),
        }
    }
}

fn names(channels: &[ChannelName]) -> String {
    match channels {
        [] => "no channel".to_owned(),
        some => some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Labels as matchers are written: `{a="b", c="d"}`.
fn braces(labels: &Labels) -> String {
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    format!("{{{}}}", pairs.join(", "))
}

/// Fingerprints and their services.
pub(super) fn listed(of: &[(Fingerprint, ServiceName)]) -> String {
    let some: Vec<String> = of.iter().map(|(fingerprint, service)| format!("{fingerprint} of {service}")).collect();
    some.join(", ")
}
