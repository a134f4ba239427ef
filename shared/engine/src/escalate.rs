//! Whom a page goes to: the targets of an escalation, resolved into channels and people's addresses at one instant.
//!
//! Every addressee stands there with the reason, and so does everybody who could not be reached.

#[cfg(test)]
mod tests;

use std::fmt;

use domain::escalation::{Effect, Prompt, Target};
use domain::id::{ChannelName, PersonName};
use domain::incident::Severity;
use domain::notification::{Address, Channel, Destination};
use domain::on_call::{OnCall, Override};
use domain::units::Time;

/// What targets are resolved with.
#[derive(Clone, Copy, Debug)]
pub struct Directory<'d> {
    /// People, teams and schedules.
    pub on_call: &'d OnCall,
    /// The overrides that may hold.
    pub overrides: &'d [Override],
    /// All channels that are declared.
    pub channels: &'d [Channel],
    /// The channels of the incident's route: told where nobody else can be.
    pub otherwise: &'d [ChannelName],
}

/// How many of a person's addresses are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// The first that a channel can tell.
    First,
    /// All.
    Every,
}

/// A destination, and why it is one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Addressee {
    /// Where to.
    pub to: Destination,
    /// Such as "on call by schedule shop-primary".
    pub reason: String,
}

/// A target, or one of the people behind it, that is not told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Absent {
    /// Such as "schedule shop-primary".
    pub who: String,
    /// Such as "nobody is on call".
    pub reason: String,
}

/// Whom a message goes to, and whom not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Resolved {
    /// In the order of the targets, each destination once.
    pub addressees: Vec<Addressee>,
    /// Who is skipped.
    pub absent: Vec<Absent>,
}

impl Reach {
    /// How a page of this severity goes out: SEV1 to every address at once, others to the first (semantics of the
    /// severities: SEV1 telephone and chat together).
    pub const fn of(severity: Severity) -> Self {
        match severity {
            Severity::Sev1 => Self::Every,
            Severity::Sev2 | Severity::Sev3 | Severity::Sev4 => Self::First,
        }
    }
}

impl Directory<'_> {
    /// Whether anybody stands behind these targets at `now`: what `Escalation::due` asks.
    pub fn reaches(&self, targets: &[Target], now: Time) -> bool {
        !self.who(targets, Reach::First, now).addressees.is_empty()
    }

    /// Whom these targets are at `now`.
    pub fn who(&self, targets: &[Target], reach: Reach, now: Time) -> Resolved {
        let mut resolved = Resolved::default();
        for target in targets {
            match target {
                Target::Channel(name) => self.tell_channel(&mut resolved, name, "named by the policy"),
                Target::Person(name) => self.tell_person(&mut resolved, name, reach, "named by the policy"),
                Target::Team(name) => {
                    let members = self.on_call.team(name).map(|team| &*team.members);
                    let reason = format!("of team {name}");
                    self.tell_people(&mut resolved, target, members, reach, (&reason, "it has no members"));
                }
                Target::Schedule(name) => {
                    let schedule = self.on_call.schedule(name);
                    let people = schedule.map(|schedule| schedule.on_call(self.overrides, now));
                    let reason = format!("on call by {target}");
                    self.tell_people(&mut resolved, target, people.as_deref(), reach, (&reason, "nobody is on call"));
                }
                Target::Rotation(schedule, name) => {
                    let schedule = self.on_call.schedule(schedule);
                    let people = schedule.and_then(|schedule| schedule.on_call_in(name, self.overrides, now));
                    let reason = format!("on call by {target}");
                    self.tell_people(&mut resolved, target, people.as_deref(), reach, (&reason, "nobody is on call"));
                }
            }
        }
        resolved
    }

    /// Whom each of what the machine asked for in one instant goes to: an address is not called twice, and where it is called
    /// for what is overdue and for something else, the other is what it hears of.
    pub fn all_addressees(&self, effects: &[Effect], severity: Severity, now: Time) -> Vec<Resolved> {
        let mut all: Vec<_> = effects.iter().map(|effect| self.addressees(effect, severity, now)).collect();
        let (again, others): (Vec<_>, Vec<_>) =
            effects.iter().zip(&mut all).partition(|(effect, _)| matches!(effect, Effect::Overdue { .. }));
        let mut called: Vec<Destination> =
            others.iter().flat_map(|(_, resolved)| &resolved.addressees).map(|one| one.to.clone()).collect();
        for (_, resolved) in again {
            resolved.spare(&called);
            called.extend(resolved.addressees.iter().map(|one| one.to.clone()));
        }
        all
    }

    /// Whom what the machine asked for goes to. A fallback and a reminder that reach nobody go to the channels of the
    /// route: neither may be lost. A step that reaches nobody stays empty, for the machine has gone on to the next.
    pub fn addressees(&self, effect: &Effect, severity: Severity, now: Time) -> Resolved {
        match effect {
            Effect::Page { targets, .. } => self.who(targets, Reach::of(severity), now),
            Effect::Overdue { targets, .. } => self.who(targets, Reach::Every, now),
            Effect::Skipped { targets, .. } => {
                Resolved { addressees: Vec::new(), ..self.who(targets, Reach::First, now) }
            }
            Effect::Fallback { channel, targets, .. } => {
                let mut resolved = Resolved::default();
                if let Some(name) = channel {
                    self.tell_channel(&mut resolved, name, "the fallback");
                }
                if resolved.addressees.is_empty() {
                    let others = self.who(targets, Reach::Every, now);
                    resolved.addressees = others.addressees;
                    resolved.absent.extend(others.absent);
                }
                self.or_route(resolved)
            }
            Effect::Remind { holder, prompt, .. } => {
                let mut resolved = Resolved::default();
                // That it is worse is as urgent as a call would be.
                let reach = match prompt {
                    Prompt::Worse { severity, .. }
                    | Prompt::Outranked { severity, .. }
                    | Prompt::Joined { severity, .. } => Reach::of(*severity),
                    Prompt::NoWord { .. } => Reach::First,
                };
                match holder.parse() {
                    Ok(name) => self.tell_person(&mut resolved, &name, reach, "has the incident"),
                    Err(_) => resolved.skip(holder, "no such person is declared"),
                }
                self.or_route(resolved)
            }
        }
    }

    fn or_route(&self, mut resolved: Resolved) -> Resolved {
        if resolved.addressees.is_empty() {
            for name in self.otherwise {
                self.tell_channel(&mut resolved, name, "of the route, for nobody else can be told");
            }
        }
        resolved
    }

    fn tell_channel(&self, resolved: &mut Resolved, name: &ChannelName, reason: &str) {
        if self.channels.iter().any(|channel| &channel.name == name) {
            resolved.add(Destination::Channel(name.clone()), reason);
        } else {
            resolved.skip(&format!("channel {name}"), "no such channel is declared");
        }
    }

    /// `reason` says why each is told, and why nobody is.
    fn tell_people(
        &self,
        resolved: &mut Resolved,
        target: &Target,
        people: Option<&[PersonName]>,
        reach: Reach,
        (reason, nobody): (&str, &str),
    ) {
        match people {
            None => resolved.skip(&target.to_string(), "nothing of that name is declared"),
            Some([]) => resolved.skip(&target.to_string(), nobody),
            Some(people) => people.iter().for_each(|name| self.tell_person(resolved, name, reach, reason)),
        }
    }

    fn tell_person(&self, resolved: &mut Resolved, name: &PersonName, reach: Reach, reason: &str) {
        let Some(person) = self.on_call.person(name) else {
            return resolved.skip(name.as_str(), "no such person is declared");
        };
        let mut addresses: Vec<&Address> =
            person.addresses.iter().filter(|address| address.kind(self.channels).is_some()).collect();
        if addresses.is_empty() {
            return resolved.skip(name.as_str(), "no channel can tell any address of theirs");
        }
        if reach == Reach::First {
            addresses.truncate(1);
        }
        for address in addresses {
            resolved.add(Destination::Person { person: name.clone(), address: address.clone() }, reason);
        }
    }
}

impl Resolved {
    fn add(&mut self, to: Destination, reason: &str) {
        if self.addressees.iter().all(|told| told.to != to) {
            self.addressees.push(Addressee { to, reason: reason.to_owned() });
        }
    }

    fn spare(&mut self, called: &[Destination]) {
        let (again, once): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.addressees).into_iter().partition(|one| called.contains(&one.to));
        self.addressees = once;
        for Addressee { to, .. } in again {
            self.skip(&to.to_string(), "called at the same time");
        }
    }

    fn skip(&mut self, who: &str, reason: &str) {
        let absent = Absent { who: who.to_owned(), reason: reason.to_owned() };
        if !self.absent.contains(&absent) {
            self.absent.push(absent);
        }
    }
}

/// For the timeline: who is told and why, then who is not and why.
impl fmt::Display for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.addressees.is_empty() {
            f.write_str("nobody is told")?;
        }
        for (index, Addressee { to, reason }) in self.addressees.iter().enumerate() {
            write!(f, "{}{to} ({reason})", if index == 0 { "" } else { ", " })?;
        }
        for Absent { who, reason } in &self.absent {
            write!(f, "; not {who}: {reason}")?;
        }
        Ok(())
    }
}
