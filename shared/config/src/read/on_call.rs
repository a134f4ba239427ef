use std::fmt;
use std::str::FromStr;

use domain::notification::Address;
use domain::on_call::{Turn, TurnUnit, Wall};
use domain::units::Zone;
use serde_json::{Value as Json, json};

use super::Read;
use super::address::texts;
use super::scalar::parsed;
use crate::document::{Page, PageKind, Reached, Turns};
use crate::notes::Notes;
use crate::schema::Definitions;
use crate::tree::Node;

texts! {
    Zone, "a time zone such as Europe/Berlin", "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$";
    Wall, "a date and a time such as \"2026-01-05 09:00\"", "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}$";
    Reached, "an address such as email:ann@example.com", "^(email|phone|slack):.";
    Turns, "a turn such as week", "^([0-9]+ )?(hour|day|week|month)s?$";
    Page, "a target such as person:ann", "^(person|schedule|team|channel):.|^rotation:[^/]+/[^/]+$"
}

impl FromStr for Reached {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let address = match text.split_once(':') {
            Some(("email", rest)) => rest.parse().map(Address::Email),
            Some(("phone", rest)) => rest.parse().map(Address::Phone),
            Some(("slack", rest)) => rest.parse().map(Address::Slack),
            _ => return Err(format!("{text:?} does not say what it is; write email:, phone: or slack: before it")),
        };
        address.map(Self).map_err(|error| error.to_string())
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Address::Email(address) => write!(f, "email:{address}"),
            Address::Phone(address) => write!(f, "phone:{address}"),
            Address::Slack(address) => write!(f, "slack:{address}"),
        }
    }
}

impl FromStr for Turns {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let error = || {
            let most = Turn::COUNT_MAX;
            format!("{text:?} is no turn; write hour, day, week or month, or 1 to {most} of them, such as \"2 weeks\"")
        };
        let (count, unit) = text.split_once(' ').unwrap_or(("1", text));
        let unit = match unit.strip_suffix('s').unwrap_or(unit) {
            "hour" => TurnUnit::Hour,
            "day" => TurnUnit::Day,
            "week" => TurnUnit::Week,
            "month" => TurnUnit::Month,
            _ => return Err(error()),
        };
        let digits = count.bytes().all(|byte| byte.is_ascii_digit());
        let count = digits.then(|| count.parse().ok()).flatten().filter(|count| (1..=Turn::COUNT_MAX).contains(count));
        Ok(Self(Turn { count: count.ok_or_else(error)?, unit }))
    }
}

impl FromStr for Page {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, name) = text.split_once(':').unwrap_or(("", text));
        let kind = match kind {
            "person" => PageKind::Person,
            "schedule" => PageKind::Schedule,
            "rotation" => PageKind::Rotation,
            "team" => PageKind::Team,
            "channel" => PageKind::Channel,
            _ => {
                return Err(format!(
                    "{text:?} does not say what it is; write person:, schedule:, rotation:, team: or channel: before the \
                     name"
                ));
            }
        };
        Ok(Self { kind, name: name.to_owned() })
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            PageKind::Person => "person",
            PageKind::Schedule => "schedule",
            PageKind::Rotation => "rotation",
            PageKind::Team => "team",
            PageKind::Channel => "channel",
        };
        write!(f, "{kind}:{}", self.name)
    }
}
