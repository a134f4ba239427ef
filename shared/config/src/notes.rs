use std::collections::{HashMap, HashSet};

use domain::units::Span;

use crate::mistake::{Mistake, Mistakes};
use crate::tree::{Node, Place, Spot, name_fields};

/// A value is repeated up to this many characters.
const VALUE_CHARS_MAX: usize = 80;

/// A mistake whose field is not named yet: its place names it once the reading is over.
#[derive(Debug)]
pub(crate) struct Note {
    spot: Spot,
    below: Option<&'static str>,
    value: Option<String>,
    wrong: String,
    hint: Option<String>,
}

impl Note {
    /// Something is wrong with the value at `place`.
    pub(crate) fn at(place: Place, wrong: impl Into<String>) -> Self {
        Self { spot: Spot { place, key: false }, below: None, value: None, wrong: wrong.into(), hint: None }
    }

    /// Something is wrong with the key at `place`.
    pub(crate) fn at_key(place: Place, wrong: impl Into<String>) -> Self {
        let mut note = Self::at(place, wrong);
        note.spot.key = true;
        note
    }

    /// What `error` says, its advice after the semicolon.
    pub(crate) fn of_error(place: Place, error: &impl ToString) -> Self {
        let text = error.to_string();
        match text.split_once("; ") {
            Some((wrong, hint)) => Self::at(place, wrong).hint(hint),
            None => Self::at(place, text),
        }
    }

    /// It is about the field `name` of the mapping there, which is not written.
    pub(crate) fn below(mut self, name: &'static str) -> Self {
        self.below = Some(name);
        self
    }

    /// What to write instead.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What to write instead, if that is known.
    pub(crate) fn hint_if(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// What stands there.
    pub(crate) fn value(mut self, value: &str) -> Self {
        self.value = Some(value.chars().take(VALUE_CHARS_MAX).collect());
        self
    }
}

impl Note {
    /// A length of time is repeated as it stands there: 90m, not 1h30m.
    fn as_written(&mut self, tree: &Node) {
        let Some(value) = &self.value else { return };
        let Ok(span) = value.parse::<Span>() else { return };
        let Some(text) = tree.scalar_at(self.spot.place).filter(|text| text.parse() == Ok(span)) else { return };
        self.wrong = self.wrong.replacen(value.as_str(), text, 1);
        self.value = Some(text.to_owned());
    }
}

/// The mistakes that were found so far.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// The names of the files, by [`Place::file`].
    pub(crate) files: Vec<String>,
    /// Names of things that could not be read; that they are not known is no second mistake.
    misread: HashSet<String>,
    list: Vec<Note>,
    more: usize,
    /// Whether all are listed, however many there are.
    all: bool,
}

impl Notes {
    /// Notes all of which are listed.
    pub(crate) fn without_limit() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// Notes a mistake; beyond [`Mistakes::LISTED_MAX`] they are only counted.
    pub(crate) fn add(&mut self, note: Note) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.list.push(note);
        }
    }

    /// Whether further mistakes are only counted, so that no hint is worth looking for.
    pub(crate) fn is_full(&self) -> bool {
        !self.all && self.list.len() >= Mistakes::LISTED_MAX
    }

    /// Remembers the name of something that cannot be read.
    pub(crate) fn misread(&mut self, name: &str) {
        if !self.is_full() {
            self.misread.insert(name.to_owned());
        }
    }

    /// Whether something of that name could not be read.
    pub(crate) fn is_misread(&self, name: &str) -> bool {
        self.misread.contains(name)
    }

    /// Whether anything is wrong so far.
    pub(crate) fn any(&self) -> bool {
        !self.list.is_empty()
    }

    /// `tocsin.yaml:12`, for a mistake that has to do with another place.
    pub(crate) fn line(&self, place: Place) -> String {
        format!("{}:{}", self.file(place), place.line)
    }

    /// The name of the file of `place`.
    pub(crate) fn file(&self, place: Place) -> &str {
        self.files.get(place.file as usize).map_or("", String::as_str)
    }

    /// `setup`, if nothing is wrong.
    ///
    /// # Errors
    /// All mistakes, their fields named after where they stand in `trees`.
    pub(crate) fn verdict<T>(self, setup: T, trees: &[Option<Node>]) -> Result<T, Mistakes> {
        if self.list.is_empty() {
            return Ok(setup);
        }
        let more = self.more;
        Err(Mistakes { list: self.mistakes(trees.iter().flatten()), more })
    }

    /// All that was noted, in the order of places, the fields named after where they stand in `trees`.
    pub(crate) fn mistakes<'t>(mut self, trees: impl IntoIterator<Item = &'t Node>) -> Vec<Mistake> {
        let mut fields: HashMap<Spot, String> = self.list.iter().map(|note| (note.spot, String::new())).collect();
        for tree in trees {
            name_fields(tree, &mut fields);
            self.list.iter_mut().for_each(|note| note.as_written(tree));
        }
        self.list.sort_by_key(|note| note.spot.place);
        self.list.iter().map(|note| self.mistake(note, &fields)).collect()
    }

    fn mistake(&self, note: &Note, fields: &HashMap<Spot, String>) -> Mistake {
        let place = note.spot.place;
        let parent = fields.get(&note.spot).map_or("", String::as_str);
        Mistake {
            file: self.file(place).to_owned(),
            line: place.line,
            column: place.column,
            field: match note.below {
                Some(name) if parent.is_empty() => name.to_owned(),
                Some(name) => format!("{parent}.{name}"),
                None => parent.to_owned(),
            },
            value: note.value.clone(),
            wrong: note.wrong.clone(),
            hint: note.hint.clone(),
        }
    }
}
