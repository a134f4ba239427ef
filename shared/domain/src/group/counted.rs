use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use super::{Member, bytes};
use crate::id::Fingerprint;
use crate::incident::Severity;

/// Alerts that a group counts beyond those it holds whole, each told from the others: 17 bytes of its row each.
pub const COUNTED_MAX: usize = 6_000;
/// Names that counted alerts are kept apart by; what comes beyond is counted under one name.
pub const KINDS_MAX: usize = 400;
/// Bytes of such a name.
pub const NAME_BYTES_MAX: usize = 100;
/// The name that alerts of too many names share.
const OTHERS: &str = "(other names)";
/// Hexadecimal digits of a key, and one character for the state.
const PACKED_BYTES: usize = 17;

/// The alerts of a storm: too many to hold whole, but each counted once, by name.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Counted {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    kinds: BTreeMap<String, Briefs>,
    /// Times that an alert was placed for which there was no room at all; the group forgets it when it is over.
    #[serde(default)]
    pub beyond: u64,
}

/// How many alerts of one name there are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kind {
    /// As in [`crate::alert::Alert::name`], at most [`NAME_BYTES_MAX`] of it.
    pub name: String,
    /// How bad the worst of those that fire is; if none does, of all.
    pub severity: Severity,
    /// How many fire.
    pub firing: usize,
    /// How many are resolved, and not yet told so.
    pub resolved: usize,
}

/// What a group knows of an alert that it does not hold whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Brief {
    pub(super) firing: bool,
    pub(super) severity: Severity,
    pub(super) told: Option<Severity>,
}

impl Brief {
    pub(super) fn of(member: &Member) -> Self {
        Self { firing: member.firing, severity: member.severity, told: member.told }
    }

    fn packed(self) -> char {
        let told = self.told.map_or(0, |severity| 1 + severity as u8);
        char::from(b'0' + u8::from(self.firing) * 20 + self.severity as u8 * 5 + told)
    }

    fn unpacked(state: u8) -> Option<Self> {
        let state = state.checked_sub(b'0').filter(|state| *state < 40)?;
        let (severity, told) = (state % 20 / 5, state % 5);
        let of = |index: u8| Severity::ALL.get(usize::from(index)).copied();
        Some(Self { firing: state >= 20, severity: of(severity)?, told: told.checked_sub(1).and_then(of) })
    }
}

/// What stands for a fingerprint among counted alerts: 64 bits of it.
pub(super) fn key(fingerprint: &Fingerprint) -> u64 {
    let digest = Sha256::digest(fingerprint.as_str().as_bytes());
    digest.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

impl Counted {
    /// Whether nothing is counted.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty() && self.beyond == 0
    }

    /// How many alerts are counted.
    pub fn len(&self) -> usize {
        self.kinds.values().map(|alerts| alerts.0.len()).sum()
    }

    /// How many of them fire.
    pub fn firing(&self) -> usize {
        self.each().filter(|(_, _, brief)| brief.firing).count()
    }

    /// How many of each name, by name.
    pub fn kinds(&self) -> Vec<Kind> {
        self.kinds.iter().filter_map(|(name, alerts)| alerts.kind(name)).collect()
    }

    /// The severity under which people heard that a counted alert fires; `None`: nobody heard, or it is not counted.
    pub fn told(&self, fingerprint: &Fingerprint) -> Option<Severity> {
        self.get(key(fingerprint))?.1.told
    }

    pub(super) fn each(&self) -> impl Iterator<Item = (&str, u64, Brief)> {
        self.kinds.iter().flat_map(|(name, alerts)| alerts.0.iter().map(|(key, brief)| (name.as_str(), *key, *brief)))
    }

    pub(super) fn get(&self, key: u64) -> Option<(&str, Brief)> {
        self.kinds.iter().find_map(|(name, alerts)| Some((name.as_str(), *alerts.0.get(&key)?)))
    }

    pub(super) fn remove(&mut self, key: u64) -> Option<Brief> {
        let (name, brief) = self.get(key).map(|(name, brief)| (name.to_owned(), brief))?;
        let alerts = self.kinds.get_mut(&name)?;
        alerts.0.remove(&key);
        if alerts.0.is_empty() {
            self.kinds.remove(&name);
        }
        Some(brief)
    }

    /// Counts an alert; the first of a name always has room. False: there is none.
    pub(super) fn put(&mut self, name: &str, key: u64, brief: Brief) -> bool {
        let mut name = kind_of(name);
        if !self.kinds.contains_key(&name) && self.kinds.len() >= KINDS_MAX {
            OTHERS.clone_into(&mut name);
        }
        if self.len() >= COUNTED_MAX && self.kinds.contains_key(&name) {
            self.beyond = self.beyond.saturating_add(1);
            return false;
        }
        self.kinds.entry(name).or_default().0.insert(key, brief);
        true
    }

    /// Keeps what `change` leaves.
    pub(super) fn retain(&mut self, mut change: impl FnMut(&str, u64, &mut Brief) -> bool) {
        self.kinds.retain(|name, alerts| {
            alerts.0.retain(|key, brief| change(name, *key, brief));
            !alerts.0.is_empty()
        });
        if self.kinds.is_empty() {
            self.beyond = 0;
        }
    }
}

/// The name that an alert is counted under.
pub(super) fn kind_of(name: &str) -> String {
    let mut end = name.len().min(NAME_BYTES_MAX);
    while bytes::text(&name[..name.floor_char_boundary(end)]) > NAME_BYTES_MAX {
        end -= 1;
    }
    name[..name.floor_char_boundary(end)].to_owned()
}

/// The counted alerts of one name; in text, one after the other.
#[derive(Clone, PartialEq, Debug, Default)]
struct Briefs(BTreeMap<u64, Brief>);

impl Briefs {
    fn kind(&self, name: &str) -> Option<Kind> {
        let firing = self.0.values().filter(|brief| brief.firing);
        let worst = firing.clone().map(|brief| brief.severity).min();
        let firing = firing.count();
        Some(Kind {
            name: name.to_owned(),
            severity: worst.or_else(|| self.0.values().map(|brief| brief.severity).min())?,
            firing,
            resolved: self.0.len() - firing,
        })
    }
}

impl Serialize for Briefs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(self.0.len() * PACKED_BYTES);
        for (key, brief) in &self.0 {
            write!(text, "{key:016x}{}", brief.packed()).expect("writing to a String does not fail");
        }
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Briefs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let alert = |packed: &[u8]| {
            let (state, digits) = packed.split_last()?;
            let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.len() == PACKED_BYTES - 1)?;
            Some((u64::from_str_radix(digits, 16).ok()?, Brief::unpacked(*state)?))
        };
        let alerts: Option<BTreeMap<u64, Brief>> = text.as_bytes().chunks(PACKED_BYTES).map(alert).collect();
        alerts.map(Self).ok_or_else(|| de::Error::custom("the counted alerts are garbled"))
    }
}
