//! What is known of a log's templates from one look to the next.

use std::collections::BTreeMap;
use std::iter::repeat;

use serde::{Deserialize, Serialize};

use super::json::sentence;
use super::miner::{Miner, TemplateId};
use crate::units::{Span, Time};

/// Templates that are known at once; the one that was not seen for longest is forgotten. With 200 bytes each they are
/// 200 KB.
const TEMPLATES_MAX: usize = 1000;
/// So much of a line is looked at, in characters.
const LINE_CHARS_MAX: usize = 1000;
/// When a template was last seen is known to the hour, so that what was learned changes seldom.
const SEEN_STEP: Span = Span::HOUR;

/// The templates of a log, and when each was seen.
///
/// What is read of it is a function of what is known, not of what was new to it in passing: the same lines looked at
/// again give the same numbers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Learned {
    /// What the lines are: those of another question teach nothing about these.
    pub of: String,
    /// When the first look was.
    pub begun: Time,
    known: Vec<Known>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Known {
    text: String,
    first_seen: Time,
    last_seen: Time,
}

/// Lines that were looked at: the template of each, by the words of the template as it is known by now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lines {
    /// When the line was written, and the place of its template among `texts`.
    pub lines: Vec<(Time, usize)>,
    /// The templates.
    pub texts: Vec<String>,
}

impl Learned {
    /// Nothing yet.
    pub fn begin(of: &str, now: Time) -> Self {
        Self { of: of.to_owned(), begun: now, known: Vec::new() }
    }

    /// Looks at lines, of which some may have been looked at before.
    pub fn look<'l>(&mut self, lines: impl IntoIterator<Item = (Time, &'l str)>) -> Lines {
        let mut miner = Miner::with_room(TEMPLATES_MAX);
        let before: Vec<_> = self.known.iter().map(|k| (miner.recall(&k.text), k.first_seen, k.last_seen)).collect();
        let mut found = Vec::new();
        for (at, line) in lines {
            let line = sentence(line);
            let end = line.char_indices().nth(LINE_CHARS_MAX).map_or(line.len(), |(end, _)| end);
            found.push((at, miner.add(&line[..end])));
        }
        let now = found.iter().map(|(at, id)| (*id, *at, at.floor(SEEN_STEP)));
        let mut known: BTreeMap<TemplateId, (Known, bool)> = BTreeMap::new();
        for ((id, first_seen, last_seen), before) in before.into_iter().zip(repeat(true)).chain(now.zip(repeat(false)))
        {
            let id = miner.resolve(id);
            let Some(text) = miner.text(id) else { continue };
            let (known, was) = known.entry(id).or_insert((Known { text, first_seen, last_seen }, before));
            // A line may be of a template that was learned after it: that does not make the template older.
            if before == *was {
                known.first_seen = known.first_seen.min(first_seen);
            }
            known.last_seen = known.last_seen.max(last_seen);
        }
        let place: BTreeMap<TemplateId, usize> = known.keys().copied().zip(0..).collect();
        let lines = found.into_iter().filter_map(|(at, id)| Some((at, *place.get(&miner.resolve(id))?)));
        let lines =
            Lines { lines: lines.collect(), texts: known.values().map(|(known, _)| known.text.clone()).collect() };
        self.known = known.into_values().map(|(known, _)| known).collect();
        // The one that was not seen for longest comes first, and makes room first.
        self.known.sort_by(|a, b| a.last_seen.cmp(&b.last_seen).then_with(|| a.text.cmp(&b.text)));
        lines
    }

    /// The templates that were first seen in `[from, until)`, the oldest first.
    pub fn new_in(&self, from: Time, until: Time) -> Vec<&str> {
        let mut new: Vec<&Known> = self.known.iter().filter(|k| k.first_seen >= from && k.first_seen < until).collect();
        new.sort_by_key(|known| known.first_seen);
        new.into_iter().map(|known| &*known.text).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Time {
        Time::from_epoch(1_800_000_000 + second)
    }

    fn new(learned: &Learned, from: i64, until: i64) -> Vec<&str> {
        learned.new_in(at(from), at(until))
    }

    #[test]
    fn a_template_is_new_once() {
        let mut learned = Learned::begin("g", at(0));
        learned.look([(at(1), "cart 17 is gone"), (at(2), "cart 18 is gone")]);
        learned.look([
            (at(2), "cart 18 is gone"),
            (at(70), "Connection refused by 10.0.0.1"),
            (at(71), "cart 9 is gone"),
        ]);
        assert_eq!(new(&learned, 0, 60), ["cart <*> is gone"]);
        assert_eq!(new(&learned, 60, 120), ["Connection refused by <*>"]);
        let lines = learned.look([(at(130), "Connection refused by 10.0.0.7"), (at(131), "cart 3 is gone")]);
        assert_eq!(new(&learned, 120, 180), [""; 0]);
        let texts: Vec<&str> = lines.lines.iter().map(|(_, place)| &*lines.texts[*place]).collect();
        assert_eq!(texts, ["Connection refused by <*>", "cart <*> is gone"]);
    }

    #[test]
    fn words_that_turn_out_to_be_values_join() {
        let mut learned = Learned::begin("g", at(0));
        let names = ["ann", "bob", "cid", "dan", "eve", "fay"];
        let lines: Vec<String> = names.iter().map(|name| format!("mail was sent to {name} now")).collect();
        let lines: Vec<(Time, &str)> = lines.iter().zip(0..).map(|(line, second)| (at(second), &**line)).collect();
        learned.look(lines[..3].iter().copied());
        assert_eq!(new(&learned, 0, 60).len(), 3);
        let seen = learned.look(lines.iter().copied());
        assert_eq!(new(&learned, 0, 60), ["mail was sent to <*> now"]);
        assert_eq!(seen.texts.len(), 1, "{seen:?}");
    }

    #[test]
    fn what_was_not_seen_for_longest_is_forgotten_first() {
        let mut learned = Learned::begin("g", at(0));
        let word = |n: usize| format!("{}{}", ["a", "b", "c"][n % 3], "x".repeat(n / 3));
        let lines: Vec<String> = (0..TEMPLATES_MAX).map(|n| format!("{} {}", word(n), "begins so")).collect();
        let lines: Vec<(Time, &str)> = lines.iter().zip(0..).map(|(line, n)| (at(n), &**line)).collect();
        learned.look(lines.iter().copied());
        assert_eq!(learned.known.len(), TEMPLATES_MAX);
        learned.look([(at(80_000), lines[0].1)]);
        learned.look([(at(90_000), "one more sentence here")]);
        assert_eq!(learned.known.len(), TEMPLATES_MAX);
        assert_eq!(new(&learned, 90_000, 90_001), ["one more sentence here"]);
        learned.look([(at(95_000), lines[0].1)]);
        assert_eq!(new(&learned, 95_000, 95_001), [""; 0], "it was seen a while ago, others longer");
    }

    proptest! {
        /// Whatever the words: what was new when stays as it is.
        #[test]
        fn looking_again_changes_nothing(lines in prop::collection::vec("(a|b|c|d|7|x-1)( (e|f|g|h|i|j|k|12|ab3c)){0,3}", 0..30)) {
            let lines: Vec<(Time, &str)> = lines.iter().zip(0..).map(|(line, n)| (at(n), &**line)).collect();
            let mut learned = Learned::begin("g", at(0));
            learned.look(lines.iter().copied());
            let once = learned.clone();
            learned.look(lines.iter().copied());
            prop_assert_eq!(learned.new_in(at(0), at(100)), once.new_in(at(0), at(100)));
        }
    }
}
