use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::fast::FixedState;

use super::{Labels, Matcher, Matchers};

/// Only looked up, for every alert: nothing goes through one in its order. The tables are keyed with zeros, not at random.
#[expect(clippy::disallowed_types, reason = "its order is never seen")]
type Lookup = std::collections::HashMap<String, Vec<u32>, FixedState>;

/// Finds the few of many lists of matchers that labels can satisfy, by the values that they must have.
///
/// A list is filed under that one of its matchers whose values the fewest other lists share, or else under the longest text
/// that a value must begin with, or else that it must hold; lists without such a matcher are always looked at.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Index {
    filed: BTreeMap<String, Filed>,
    others: Vec<u32>,
}

/// The lists that are filed under one label.
#[derive(Clone, PartialEq, Debug, Default)]
struct Filed {
    values: Lookup,
    starts: Lookup,
    /// Of `starts`, in bytes.
    lengths: BTreeSet<usize>,
    inners: BTreeMap<String, Vec<u32>>,
}

impl Filed {
    /// The lists that this value can satisfy.
    fn of<'i>(&'i self, value: &'i str) -> impl Iterator<Item = &'i Vec<u32>> {
        let starts = self.lengths.iter().filter_map(|length| self.starts.get(value.get(..*length)?));
        let inners = self.inners.iter().filter(|(inner, _)| value.contains(inner.as_str())).map(|(_, lists)| lists);
        self.values.get(value).into_iter().chain(starts).chain(inners)
    }
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
            let costs = matchers.iter().filter_map(|matcher| Some((cost(matcher)?, matcher)));
            if let Some((_, matcher)) = costs.min_by_key(|(cost, _)| *cost) {
                index.file(matcher, position);
            } else if let Some(matcher) = longest(matchers, Matcher::start) {
                index.file_start(matcher, position);
            } else if let Some(matcher) = longest(matchers, Matcher::inner) {
                let filed = index.filed.entry(matcher.label().to_owned()).or_default();
                filed.inners.entry(matcher.inner().to_owned()).or_default().push(position);
            } else {
                index.others.push(position);
            }
        }
        index
    }

    fn file(&mut self, matcher: &Matcher, position: u32) {
        let filed = self.filed.entry(matcher.label().to_owned()).or_default();
        for value in matcher.values().unwrap_or_default() {
            let positions = filed.values.entry(value.clone()).or_default();
            // `a|a`
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        }
    }

    fn file_start(&mut self, matcher: &Matcher, position: u32) {
        let filed = self.filed.entry(matcher.label().to_owned()).or_default();
        filed.lengths.insert(matcher.start().len());
        filed.starts.entry(matcher.start().to_owned()).or_default().push(position);
    }

    /// The first list at or after `from` for which `matches` says yes, out of those that the labels can satisfy.
    pub(crate) fn first(&self, from: u32, labels: &Labels, matches: impl Fn(u32) -> bool) -> Option<u32> {
        // Both are sorted by their names.
        let mut own = labels.iter().peekable();
        let mut value = |label: &String| loop {
            match own.peek()?.0.cmp(label) {
                Ordering::Less => _ = own.next(),
                Ordering::Equal => return own.next().map(|(_, value)| value),
                Ordering::Greater => return None,
            }
        };
        let filed = self.filed.iter().filter_map(|(label, filed)| Some(filed.of(value(label)?))).flatten();
        filed.chain(std::iter::once(&self.others)).fold(None, |best: Option<u32>, positions| {
            let begin = positions.partition_point(|position| *position < from);
            let better = |position: &u32| best.is_none_or(|best| *position < best);
            positions[begin..].iter().copied().take_while(better).find(|position| matches(*position)).or(best)
        })
    }
}

/// The matcher of which `text` says the most, if it says anything of one.
fn longest(matchers: &Matchers, text: impl Fn(&Matcher) -> &str) -> Option<&Matcher> {
    matchers.iter().max_by_key(|matcher| text(matcher).len()).filter(|matcher| !text(matcher).is_empty())
}
