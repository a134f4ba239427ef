use crate::notes::{Note, Notes};
use crate::read::wrong_kind;
use crate::tree::{Key, Node, Place, Value};

/// The fields of a foreign mapping. Each that is not taken is told of in the end, so that nothing is lost in silence.
pub(super) struct Fields<'n> {
    pub(super) at: Place,
    entries: &'n [(Key, Node)],
    taken: Vec<&'n str>,
}

/// What Go's YAML takes for true and for false. Source: `resolve.go` of gopkg.in/yaml.v2.
const BOOLEANS: [(bool, &[&str]); 2] = [
    (true, &["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"]),
    (false, &["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"]),
];

/// A scalar and its place.
#[derive(Clone, Copy)]
pub(super) struct Text<'n> {
    pub(super) at: Place,
    pub(super) text: &'n str,
}

impl<'n> Fields<'n> {
    /// The fields of `node`; another kind of value is noted.
    pub(super) fn of(node: &'n Node, notes: &mut Notes) -> Option<Self> {
        if let Value::Map(entries) = &node.value {
            return Some(Self { at: node.at, entries, taken: Vec::new() });
        }
        wrong_kind(node, "a mapping", notes);
        None
    }

    /// The value of the field that has one of these `names`, if it has a value.
    pub(super) fn take(&mut self, names: &[&str]) -> Option<&'n Node> {
        let (key, node) = self.entries.iter().find(|(key, _)| names.contains(&key.text.as_str()))?;
        self.taken.push(&key.text);
        (!matches!(node.value, Value::Nothing)).then_some(node)
    }

    pub(super) fn text(&mut self, names: &[&str], notes: &mut Notes) -> Option<Text<'n>> {
        let node = self.take(names)?;
        match &node.value {
            Value::Scalar(text) => Some(Text { at: node.at, text }),
            _ => {
                wrong_kind(node, "text", notes);
                None
            }
        }
    }

    pub(super) fn number(&mut self, names: &[&str], notes: &mut Notes) -> Option<(Place, f64)> {
        let Text { at, text } = self.text(names, notes)?;
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            notes.add(Note::at(at, format!("{text:?} is not a number")).value(text));
        }
        Some((at, number?))
    }

    /// What is neither true nor false is noted.
    pub(super) fn boolean(&mut self, names: &[&str], notes: &mut Notes) -> Option<(Place, bool)> {
        let Text { at, text } = self.text(names, notes)?;
        let known = BOOLEANS.iter().find(|(_, words)| words.contains(&text));
        if known.is_none() {
            let note = Note::at(at, format!("{text:?} is neither true nor false")).value(text);
            notes.add(note.hint("write true or false; it is left out"));
        }
        Some((at, known?.0))
    }

    pub(super) fn is_true(&mut self, names: &[&str], notes: &mut Notes) -> bool {
        self.boolean(names, notes).is_some_and(|(_, is_true)| is_true)
    }

    pub(super) fn fields(&mut self, names: &[&str], notes: &mut Notes) -> Option<Self> {
        Self::of(self.take(names)?, notes)
    }

    /// The items of a list; what is none is noted and has none.
    pub(super) fn list(&mut self, names: &[&str], notes: &mut Notes) -> &'n [Node] {
        self.items(names, notes).unwrap_or_default()
    }

    /// The items of a list, none where there is no such field; `None` once another kind of value is noted, which is for
    /// lists that narrow down what is meant.
    pub(super) fn items(&mut self, names: &[&str], notes: &mut Notes) -> Option<&'n [Node]> {
        match self.take(names) {
            Some(Node { value: Value::List(items), .. }) => Some(items),
            Some(node) => {
                wrong_kind(node, "a list", notes);
                None
            }
            None => Some(&[]),
        }
    }

    /// All fields that are left, as texts; what is a list is joined.
    pub(super) fn texts(self, notes: &mut Notes) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (key, node) in self.entries.iter().filter(|(key, _)| !self.taken.contains(&key.text.as_str())) {
            match joined(node) {
                Some(text) => found.push((key.text.clone(), text)),
                None => wrong_kind(node, "text", notes),
            }
        }
        found
    }

    /// Notes every field that was not taken; `why` knows the reason and the remedy of some.
    pub(super) fn rest(self, why: impl Fn(&str) -> Option<[&'static str; 2]>, notes: &mut Notes) {
        for (key, node) in self.entries {
            if self.taken.contains(&key.text.as_str()) || matches!(node.value, Value::Nothing) {
                continue;
            }
            let [wrong, hint] =
                why(&key.text).unwrap_or(["has no counterpart", "say it in the description if it matters"]);
            notes.add(Note::at_key(key.at, wrong).hint(hint));
        }
    }

    /// As [`Fields::rest`], where nothing more is known.
    pub(super) fn rest_unknown(self, notes: &mut Notes) {
        self.rest(|_| None, notes);
    }
}

fn joined(node: &Node) -> Option<String> {
    match &node.value {
        Value::Nothing => Some(String::new()),
        Value::Scalar(text) => Some(text.clone()),
        Value::List(items) => items.iter().map(joined).collect::<Option<Vec<_>>>().map(|items| items.join(",")),
        Value::Map(_) => None,
    }
}
