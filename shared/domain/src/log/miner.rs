use std::collections::BTreeMap;

use super::header::message;
use super::mask::VALUE;
use super::words::Words;

/// What a miner that runs for ever knows at once.
const TEMPLATES_MAX: usize = 4096;
/// So many different words; later ones count as values.
const WORDS_MAX: u32 = 200_000;
/// The share of tokens that must be alike.
const ALIKE_MIN: f64 = 0.75;
/// With more words than this seen in one place, the place is that of a value.
const WORDS_IN_A_PLACE: usize = 5;
/// The number of the word that stands for a value.
const ANY: u32 = 0;

/// A map that is only looked into, never walked, so that its order cannot show.
#[allow(clippy::disallowed_types, reason = "a line has a dozen look-ups, and a microsecond")]
type Lookup<K, V> = std::collections::HashMap<K, V>;

/// The number of a template, in the order of appearance from 0 on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TemplateId(pub u32);

/// Finds the templates of lines as they come.
pub struct Miner {
    /// So many templates are known at once; the one that was not seen for longest makes room.
    room: usize,
    words: Words,
    numbers: Lookup<Box<str>, u32>,
    /// By number.
    known: Vec<Word>,
    leaves: Lookup<Leaf, Vec<u32>>,
    templates: BTreeMap<u32, Template>,
    /// Templates that were found to be the same as another.
    joined: BTreeMap<u32, u32>,
    lines: u64,
    next: u32,
    line: Vec<u32>,
}

/// Lines are compared with those of as many tokens that begin alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Leaf {
    length: usize,
    head: [u32; 2],
}

struct Word {
    text: Box<str>,
    /// Letters make it, with a digit at most: `started`, `SOCKS5`, `uid=<*>`, not `job_12` and no value.
    reads: bool,
    /// It may tell leaves apart: a word without any digit or value.
    begins: bool,
}

struct Template {
    leaf: Leaf,
    tokens: Vec<u32>,
    seen: u64,
}

impl Default for Miner {
    /// With room for 4,096 templates.
    fn default() -> Self {
        Self::with_room(TEMPLATES_MAX)
    }
}

impl Miner {
    /// A miner that knows `room` templates at once, at least one; the one that was not seen for longest is forgotten.
    pub fn with_room(room: usize) -> Self {
        let value = Word { text: VALUE.into(), reads: false, begins: false };
        Self {
            room: room.max(1),
            words: Words::default(),
            numbers: Lookup::from([(VALUE.into(), ANY)]),
            known: vec![value],
            leaves: Lookup::new(),
            templates: BTreeMap::new(),
            joined: BTreeMap::new(),
            lines: 0,
            next: 0,
            line: Vec::new(),
        }
    }

    /// The template of `line`, which may be new. Timestamp, level and the like at its beginning do not count.
    pub fn add(&mut self, line: &str) -> TemplateId {
        self.lines += 1;
        self.words.read(message(line));
        self.line.clear();
        let (numbers, known) = (&mut self.numbers, &mut self.known);
        self.line.extend(self.words.tokens().map(|word| number(word, numbers, known)));
        let leaf = self.leaf();
        let id = match self.nearest(leaf) {
            Some(id) => id,
            None => self.begin(leaf),
        };
        let template = self.templates.get_mut(&id).expect("a template that a leaf names is known");
        template.seen = self.lines;
        for (token, word) in template.tokens.iter_mut().zip(&self.line) {
            if token != word {
                *token = ANY;
            }
        }
        TemplateId(id)
    }

    /// Takes in a template that was learned before, by its words; those of later lines are compared with it.
    pub fn recall(&mut self, template: &str) -> TemplateId {
        self.lines += 1;
        self.line.clear();
        let (numbers, known) = (&mut self.numbers, &mut self.known);
        self.line.extend(template.split_whitespace().map(|word| number(word, numbers, known)));
        TemplateId(self.insert(self.leaf()))
    }

    /// Where the line is looked for.
    fn leaf(&self) -> Leaf {
        let head = |i: usize| self.line.get(i).copied().filter(|word| self.known[*word as usize].begins).unwrap_or(ANY);
        Leaf { length: self.line.len(), head: [head(0), head(1)] }
    }

    /// The template that `id` is part of by now.
    pub fn resolve(&self, id: TemplateId) -> TemplateId {
        let mut id = id.0;
        while let Some(other) = self.joined.get(&id) {
            id = *other;
        }
        TemplateId(id)
    }

    /// The words of a template, with `<*>` for values; `None` if it was forgotten.
    pub fn text(&self, id: TemplateId) -> Option<String> {
        let template = self.templates.get(&self.resolve(id).0)?;
        let words: Vec<&str> = template.tokens.iter().map(|word| &*self.known[*word as usize].text).collect();
        Some(words.join(" "))
    }

    /// The template of the leaf that is most like the line, if any is like enough.
    fn nearest(&self, leaf: Leaf) -> Option<u32> {
        let mut best: Option<((usize, usize), u32)> = None;
        for id in self.leaves.get(&leaf)? {
            let Some(likeness) = self.likeness(&self.templates[id].tokens) else { continue };
            if likeness.0 as f64 >= ALIKE_MIN * leaf.length as f64 && best.is_none_or(|(known, _)| likeness > known) {
                best = Some((likeness, *id));
            }
        }
        best.map(|(_, id)| id)
    }

    /// How many tokens are alike, and how many of these are values; `None` where two words differ.
    fn likeness(&self, tokens: &[u32]) -> Option<(usize, usize)> {
        let (mut alike, mut values) = (0, 0);
        for (token, word) in tokens.iter().zip(&self.line) {
            if *token == ANY {
                values += 1;
                alike += 1;
            } else if token == word {
                alike += 1;
            } else if self.known[*token as usize].reads && self.known[*word as usize].reads {
                return None;
            }
        }
        Some((alike, values))
    }

    /// Begins a template with the line, or widens those that differ from it in one word.
    fn begin(&mut self, leaf: Leaf) -> u32 {
        for place in 0..self.line.len() {
            if !self.known[self.line[place] as usize].reads {
                continue;
            }
            let alike: Vec<u32> = self
                .leaves
                .get(&leaf)
                .into_iter()
                .flatten()
                .copied()
                .filter(|id| self.differs_at(*id, place))
                .collect();
            if alike.len() >= WORDS_IN_A_PLACE {
                return self.widen(leaf, place, &alike);
            }
        }
        self.insert(leaf)
    }

    fn insert(&mut self, leaf: Leaf) -> u32 {
        let id = self.next;
        self.next += 1;
        self.make_room();
        self.templates.insert(id, Template { leaf, tokens: self.line.clone(), seen: self.lines });
        self.leaves.entry(leaf).or_default().push(id);
        id
    }

    /// Whether the template has another word than the line in that place, and else the same or a value.
    fn differs_at(&self, id: u32, place: usize) -> bool {
        let tokens = &self.templates[&id].tokens;
        let same = |i: usize| tokens[i] == self.line[i] || tokens[i] == ANY || self.line[i] == ANY;
        tokens[place] != ANY && (0..tokens.len()).all(|i| i == place || same(i))
    }

    /// Makes one template of those, in which that place is a value.
    fn widen(&mut self, leaf: Leaf, place: usize, alike: &[u32]) -> u32 {
        let first = alike[0];
        let mut tokens = self.templates[&first].tokens.clone();
        tokens[place] = ANY;
        for other in &alike[1..] {
            let other = self.templates.remove(other).expect("it was just looked at");
            for (token, word) in tokens.iter_mut().zip(other.tokens) {
                if *token != word {
                    *token = ANY;
                }
            }
        }
        for other in &alike[1..] {
            self.joined.insert(*other, first);
        }
        if let Some(ids) = self.leaves.get_mut(&leaf) {
            ids.retain(|id| !alike[1..].contains(id));
        }
        if let Some(template) = self.templates.get_mut(&first) {
            template.tokens = tokens;
        }
        first
    }

    fn make_room(&mut self) {
        if self.templates.len() < self.room {
            return;
        }
        let Some(oldest) = self.templates.iter().min_by_key(|(id, template)| (template.seen, **id)).map(|(id, _)| *id)
        else {
            return;
        };
        if let Some(template) = self.templates.remove(&oldest)
            && let Some(ids) = self.leaves.get_mut(&template.leaf)
        {
            ids.retain(|id| *id != oldest);
            if ids.is_empty() {
                self.leaves.remove(&template.leaf);
            }
        }
        self.joined.retain(|_, other| *other != oldest);
    }
}

/// The number of a word, which is new if it was never seen.
fn number(text: &str, numbers: &mut Lookup<Box<str>, u32>, known: &mut Vec<Word>) -> u32 {
    if let Some(number) = numbers.get(text) {
        return *number;
    }
    let Some(number) = u32::try_from(known.len()).ok().filter(|number| *number < WORDS_MAX) else {
        return ANY;
    };
    let (letters, digits) = text.chars().fold((0, 0), |(letters, digits), c| {
        (letters + usize::from(c.is_alphabetic()), digits + usize::from(c.is_numeric()))
    });
    let reads = letters > 0 && digits <= 1;
    numbers.insert(text.into(), number);
    known.push(Word { text: text.into(), reads, begins: digits == 0 && !text.contains(VALUE) });
    number
}
