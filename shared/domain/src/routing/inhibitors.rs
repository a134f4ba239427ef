use foldhash::fast::FixedState;

use super::Inhibition;
use crate::id::Fingerprint;
use crate::label::{Index, Labels, value_of};

/// The alerts that fire and may inhibit others, filed by rule and by the values of the labels that must be equal.
#[derive(Debug)]
pub struct Inhibitors<'a> {
    /// The rules that have a source, in their order.
    live: Vec<Live<'a>>,
    /// What they may inhibit.
    targets: Index,
}

/// A rule that has a source.
#[derive(Debug)]
struct Live<'a> {
    position: usize,
    rule: &'a Inhibition,
    filed: Filed<'a>,
}

/// Only looked up, for every alert.
#[expect(clippy::disallowed_types, reason = "its order is never seen")]
type Filed<'a> = std::collections::HashMap<Vec<&'a str>, Sources<'a>, FixedState>;

/// Alerts that agree in the labels which must be equal. Of each kind the two smallest fingerprints are enough: the one that
/// is named, and another in case that one is the target itself.
#[derive(Debug, Default)]
struct Sources<'a> {
    /// They satisfy the source side only.
    one_sided: Vec<&'a Fingerprint>,
    /// They satisfy both sides.
    two_sided: Vec<&'a Fingerprint>,
}

/// The values of the labels that must be equal, in `place` where they fit, since every alert asks.
fn key<'k, 'l>(
    rule: &Inhibition,
    labels: &'l Labels,
    place: &'k mut [&'l str; 4],
    more: &'k mut Vec<&'l str>,
) -> &'k [&'l str] {
    let values = rule.equal.iter().map(|label| value_of(labels, label));
    if rule.equal.len() > place.len() {
        more.extend(values);
        return more;
    }
    place.iter_mut().zip(values).for_each(|(place, value)| *place = value);
    &place[..rule.equal.len()]
}

fn keep<'a>(kept: &mut Vec<&'a Fingerprint>, fingerprint: &'a Fingerprint) {
    let at = kept.binary_search(&fingerprint).unwrap_or_else(|at| at);
    if kept.get(at) != Some(&fingerprint) {
        kept.insert(at, fingerprint);
        kept.truncate(2);
    }
}

impl<'a> Inhibitors<'a> {
    /// Those of `firing` that these rules have as a source. Resolved alerts inhibit nothing and do not belong here.
    pub fn new(rules: &'a [Inhibition], firing: impl IntoIterator<Item = (&'a Fingerprint, &'a Labels)>) -> Self {
        let sides = Index::new(rules.iter().map(|rule| &rule.source));
        let live = |(position, rule)| Live { position, rule, filed: Filed::default() };
        let mut live: Vec<Live<'_>> = rules.iter().enumerate().map(live).collect();
        for (fingerprint, labels) in firing {
            let mut from = 0;
            let matches = |position: u32| rules[position as usize].source.matches(labels);
            while let Some(position) = sides.first(from, labels, matches) {
                live[position as usize].add(fingerprint, labels);
                from = position + 1;
            }
        }
        live.retain(|live| !live.filed.is_empty());
        let targets = Index::new(live.iter().map(|live| &live.rule.target));
        Self { live, targets }
    }

    /// The alert that inhibits the target, and the position of the rule: of several the first rule, and of its alerts the
    /// one with the smallest fingerprint, such as satisfy only the source side first.
    pub fn first(&self, fingerprint: &Fingerprint, target: &Labels) -> Option<(&'a Fingerprint, usize)> {
        let found = |position: u32| self.live[position as usize].source(fingerprint, target);
        let position = self.targets.first(0, target, |position| found(position).is_some())?;
        Some((found(position)?, self.live[position as usize].position))
    }
}

impl<'a> Live<'a> {
    fn add(&mut self, fingerprint: &'a Fingerprint, labels: &'a Labels) {
        let key = self.rule.equal.iter().map(|label| value_of(labels, label)).collect();
        let sources = self.filed.entry(key).or_default();
        let two_sided = self.rule.target.matches(labels);
        keep(if two_sided { &mut sources.two_sided } else { &mut sources.one_sided }, fingerprint);
    }

    fn source(&self, fingerprint: &Fingerprint, target: &Labels) -> Option<&'a Fingerprint> {
        let (mut place, mut more) = ([""; 4], Vec::new());
        let sources = self.filed.get(key(self.rule, target, &mut place, &mut more))?;
        if !self.rule.target.matches(target) {
            return None;
        }
        let other = |kept: &[&'a Fingerprint]| kept.iter().copied().find(|source| *source != fingerprint);
        let two_sided = || if self.rule.source.matches(target) { None } else { other(&sources.two_sided) };
        other(&sources.one_sided).or_else(two_sided)
    }
}
