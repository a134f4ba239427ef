use serde::{Deserialize, Serialize};

use super::Schedule;
use crate::escalation::Policy;
use crate::id::{PersonName, PolicyName, ScheduleName, TeamName};
use crate::notification::{Address, PagerDutyId};
use crate::units::Zone;

/// Somebody who is told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Person {
    /// The name.
    pub name: PersonName,
    /// What the clock shows where they are.
    pub zone: Zone,
    /// Where they are reached, in the order in which they are told; at least one.
    pub addresses: Vec<Address>,
    /// Who they are in `PagerDuty`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagerduty: Option<PagerDutyId>,
}

/// People who are told together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Team {
    /// The name.
    pub name: TeamName,
    /// Its people; at least one.
    pub members: Vec<PersonName>,
}

/// Who can be told, and who is on call when. Every reference in it resolves.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct OnCall {
    /// Everybody.
    pub people: Vec<Person>,
    /// Who is told together.
    pub teams: Vec<Team>,
    /// Who is on call when.
    pub schedules: Vec<Schedule>,
    /// Who is paged when nobody acknowledges.
    #[serde(default)]
    pub policies: Vec<Policy>,
}

impl OnCall {
    /// People in all at most: a person is some hundred bytes of what every function reads.
    pub const PEOPLE_MAX: usize = 500;
    /// Addresses of a person at most.
    pub const ADDRESSES_MAX: usize = 8;
    /// Teams in all, and members of a team, at most.
    pub const TEAMS_MAX: usize = 100;
    /// Schedules in all at most.
    pub const SCHEDULES_MAX: usize = 100;
    /// Policies in all at most.
    pub const POLICIES_MAX: usize = 100;

    /// The person of that name.
    pub fn person(&self, name: &PersonName) -> Option<&Person> {
        self.people.iter().find(|person| &person.name == name)
    }

    /// Who has this member's id in Slack as an address.
    pub fn in_slack(&self, id: &str) -> Option<&Person> {
        let is_theirs = |address: &Address| matches!(address, Address::Slack(member) if member.as_str() == id);
        self.people.iter().find(|person| person.addresses.iter().any(is_theirs))
    }

    /// Who is this user in `PagerDuty`.
    pub fn in_pagerduty(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.pagerduty.as_ref().is_some_and(|user| user.as_str() == id))
    }

    /// The team of that name.
    pub fn team(&self, name: &TeamName) -> Option<&Team> {
        self.teams.iter().find(|team| &team.name == name)
    }

    /// The schedule of that name.
    pub fn schedule(&self, name: &ScheduleName) -> Option<&Schedule> {
        self.schedules.iter().find(|schedule| &schedule.name == name)
    }

    /// The policy of that name.
    pub fn policy(&self, name: &PolicyName) -> Option<&Policy> {
        self.policies.iter().find(|policy| &policy.name == name)
    }
}
