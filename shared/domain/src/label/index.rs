use std::collections::BTreeMap;

use super::{Labels, Matcher, Matchers};

/// Finds the few of many lists of matchers that labels can satisfy, by the values that they must have.
///
/// A list is filed under the values of that one of its matchers which the fewest other lists share; lists without such a
/// matcher are always looked at.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Index {
    filed: BTreeMap<String, BTreeMap<String, Vec<u32>>>,
    others: Vec<u32>,
}

impl Index {
    /// An index of these lists, by their position.
    pub(crate) fn new<'m>(lists: impl IntoIterator<Item = &'m Matchers>) -> Self {
        let lists: Vec<&Matchers> = lists.into_iter().collect();
        let mut shared: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for matcher in lists.iter().flat_map(|matchers| matchers.iter()) {
            for value in matcher.values().unwrap_or_default() {
                *shared.entry((matcher.label(), value)).or_default() += 1;
            }
        }
        let cost = |matcher: &Matcher| -> Option<u32> {
            matcher.values().map(|values| values.iter().map(|value| shared[&(matcher.label(), value.as_str())]).sum())
        };
        let mut index = Self::default();
        for (position, matchers) in (0..).zip(&lists) {
            let best =
                matchers.iter().filter_map(|matcher| Some((cost(matcher)?, matcher))).min_by_key(|(cost, _)| *cost);
            match best {
                Some((_, matcher)) => index.file(matcher, position),
                None => index.others.push(position),
            }
        }
        index
    }

    fn file(&mut self, matcher: &Matcher, position: u32) {
        let by_value = self.filed.entry(matcher.label().to_owned()).or_default();
        for value in matcher.values().unwrap_or_default() {
            let positions = by_value.entry(value.clone()).or_default();
            // `a|a`
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        }
    }

    /// The first list at or after `from` for which `matches` says yes, out of those that the labels can satisfy.
    pub(crate) fn first(&self, from: u32, labels: &Labels, matches: impl Fn(u32) -> bool) -> Option<u32> {
        let filed = self.filed.iter().filter_map(|(label, by_value)| by_value.get(labels.get(label)?));
        filed.chain(std::iter::once(&self.others)).fold(None, |best: Option<u32>, positions| {
            let begin = positions.partition_point(|position| *position < from);
            let wanted =
                positions[begin..].iter().copied().take_while(|position| best.is_none_or(|best| *position < best));
            wanted.into_iter().find(|position| matches(*position)).or(best)
        })
    }
}
