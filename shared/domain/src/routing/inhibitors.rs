use std::collections::BTreeMap;

use super::Inhibition;
use crate::id::Fingerprint;
use crate::label::{Index, Labels, value_of};

/// The alerts that fire and may inhibit others, filed by rule and by the values of the labels that must be equal.
#[derive(Debug)]
pub struct Inhibitors<'a> {
    rules: &'a [Inhibition],
    targets: Index,
    /// By rule.
    filed: Vec<BTreeMap<Vec<&'a str>, Sources<'a>>>,
}

/// Alerts that agree in the labels which must be equal. Of each kind the two smallest fingerprints are enough: the one that
/// is named, and another in case that one is the target itself.
#[derive(Debug, Default)]
struct Sources<'a> {
    /// They satisfy the source side only.
    one_sided: Vec<&'a Fingerprint>,
    /// They satisfy both sides.
    two_sided: Vec<&'a Fingerprint>,
}

fn key<'l>(rule: &Inhibition, labels: &'l Labels) -> Vec<&'l str> {
    rule.equal.iter().map(|label| value_of(labels, label)).collect()
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
        let mut filed: Vec<BTreeMap<Vec<&str>, Sources<'_>>> = Vec::new();
        filed.resize_with(rules.len(), BTreeMap::new);
        for (fingerprint, labels) in firing {
            let mut from = 0;
            while let Some(position) =
                sides.first(from, labels, |position| rules[position as usize].source.matches(labels))
            {
                let rule = &rules[position as usize];
                let sources = filed[position as usize].entry(key(rule, labels)).or_default();
                let two_sided = rule.target.matches(labels);
                keep(if two_sided { &mut sources.two_sided } else { &mut sources.one_sided }, fingerprint);
                from = position + 1;
            }
        }
        Self { rules, targets: Index::new(rules.iter().map(|rule| &rule.target)), filed }
    }

    /// The alert that inhibits the target, and the position of the rule: of several the first rule, and of its alerts the
    /// one with the smallest fingerprint, such as satisfy only the source side first.
    pub fn first(&self, fingerprint: &Fingerprint, target: &Labels) -> Option<(&'a Fingerprint, usize)> {
        let found = |position: u32| self.source(position as usize, fingerprint, target);
        let rule = self.targets.first(0, target, |position| found(position).is_some())?;
        Some((found(rule)?, rule as usize))
    }

    fn source(&self, position: usize, fingerprint: &Fingerprint, target: &Labels) -> Option<&'a Fingerprint> {
        let (rule, filed) = (&self.rules[position], &self.filed[position]);
        if filed.is_empty() || !rule.target.matches(target) {
            return None;
        }
        let sources = filed.get(&key(rule, target))?;
        let other = |kept: &[&'a Fingerprint]| kept.iter().copied().find(|source| *source != fingerprint);
        other(&sources.one_sided).or_else(|| if rule.source.matches(target) { None } else { other(&sources.two_sided) })
    }
}
