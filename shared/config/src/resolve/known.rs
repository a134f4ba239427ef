use std::collections::HashMap;

use crate::nearest::nearest;
use crate::notes::{Note, Notes};
use crate::tree::Place;

/// Things that others refer to by name.
pub(super) struct Known<T> {
    what: &'static str,
    /// Whether all names are there; otherwise an unknown one is no mistake.
    whole: bool,
    by_name: HashMap<String, T>,
}

impl<T: Copy> Known<T> {
    /// Gathers `things` by their names and notes a name that is given twice.
    pub(super) fn of(
        what: &'static str,
        whole: bool,
        things: impl Iterator<Item = (String, Place, T)>,
        notes: &mut Notes,
    ) -> Self {
        let mut first: HashMap<String, Place> = HashMap::new();
        let mut by_name = HashMap::new();
        for (name, at, thing) in things {
            if let Some(earlier) = first.get(&name) {
                let wrong = format!("{name:?} is the name of another {what}, at {}", notes.line(*earlier));
                notes.add(Note::at(at, wrong).value(&name).hint("names are unique; choose another"));
                continue;
            }
            first.insert(name.clone(), at);
            by_name.insert(name, thing);
        }
        Self { what, whole, by_name }
    }

    /// What `name` names; an unknown name is noted.
    pub(super) fn find(&self, name: &str, at: Place, notes: &mut Notes) -> Option<T> {
        self.find_as(name, name, at, notes)
    }

    /// As [`Known::find`], where `written` is how `name` stands in the file.
    pub(super) fn find_as(&self, name: &str, written: &str, at: Place, notes: &mut Notes) -> Option<T> {
        let found = self.by_name.get(name).copied();
        if found.is_none() && self.whole && !notes.is_misread(name) {
            notes.add(self.unknown(name, written, at, notes.is_full()));
        }
        found
    }

    /// Whether `name` names something; an unknown name is noted.
    pub(super) fn check(&self, name: &str, at: Place, notes: &mut Notes) -> bool {
        self.find(name, at, notes).is_some()
    }

    /// What `name` names; nothing is noted.
    pub(super) fn get(&self, name: &str) -> Option<T> {
        self.by_name.get(name).copied()
    }

    /// Whether `name` names something.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    fn unknown(&self, name: &str, written: &str, at: Place, brief: bool) -> Note {
        let note = Note::at(at, format!("there is no {} {written:?}", self.what)).value(written);
        if brief {
            return note;
        }
        let mut names: Vec<&str> = self.by_name.keys().map(String::as_str).collect();
        names.sort_unstable();
        match nearest(name, names.iter().copied()) {
            // `errors`, not `shop/errors`, where it was written without its service.
            Some(near) if !written.contains('/') && near.contains('/') && name.contains('/') => {
                let (prefix, _) = name.split_once('/').unwrap_or_default();
                let short = near.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
                note.hint(format!("did you mean {:?}?", short.unwrap_or(near)))
            }
            Some(near) => note.hint(format!("did you mean {near:?}?")),
            None if names.is_empty() => note.hint(format!("declare a {} first", self.what)),
            None => note.hint_if((names.len() <= 8).then(|| format!("known: {}", names.join(", ")))),
        }
    }
}
