use domain::label::SERVICE;
use serde_json::json;

use super::super::fields::Fields;
use super::matchers::{self, Words};
use super::one_or_more;
use super::routes::texts;
use super::written::Entry;
use crate::notes::{Note, Notes};
use crate::tree::Node;

pub(super) fn read(items: &[Node], words: &mut Words, notes: &mut Notes) -> Vec<Entry> {
    items.iter().filter_map(|item| one(Fields::of(item, notes)?, words, notes)).collect()
}

fn one(mut fields: Fields<'_>, words: &mut Words, notes: &mut Notes) -> Option<Entry> {
    let at = fields.at;
    let name = fields.text(&["name"], notes);
    let source = matchers::read(&mut fields, ["source_match", "source_match_re", "source_matchers"], words, notes);
    let target = matchers::read(&mut fields, ["target_match", "target_match_re", "target_matchers"], words, notes);
    let equal = fields.items(&["equal"], notes).and_then(|items| texts(items, notes));
    fields.rest(|_| Some(["has no counterpart", "write an inhibition for each pair of source and target"]), notes);
    let (Some(source), Some(target), Some(equal)) = (source, target, equal) else {
        let lost = Note::at(at, "the inhibition is not imported: not all that narrows it down can be read");
        notes.add(lost.hint("write it by hand; until then it holds nothing back"));
        return None;
    };
    if source.is_empty() || target.is_empty() {
        let note = Note::at(at, "an inhibition without matchers on both sides would hold back everything");
        notes.add(note.hint("it is left out; say what inhibits and what is inhibited"));
        return None;
    }
    let mut entry = Entry::default();
    if let Some(name) = name {
        entry.put("name", json!(name.text));
    }
    entry.put("source", matchers::written(&source));
    entry.put("target", matchers::written(&target));
    if equal.iter().any(|label| label == SERVICE) {
        let note =
            Note::at(at, "equal: service holds between all services that are not configured: they are unassigned here");
        notes.add(note.hint("declare them under services, or name a label that tells them apart, such as namespace"));
    }
    if !equal.is_empty() {
        entry.put("equal", one_or_more(equal));
    }
    Some(entry)
}
