mod alerts;
mod metrics;
mod objectives;

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::fields::{Fields, Text};
use super::fragment::Fragment;
use super::words::name;
use crate::notes::{Note, Notes};
use crate::tree::{Node, Place, Value};

const VERSION: &str = "openslo/v1";
const KINDS: [&str; 7] =
    ["SLO", "SLI", "Service", "AlertPolicy", "AlertCondition", "AlertNotificationTarget", "DataSource"];

/// An object of `OpenSLO`.
struct Object<'n> {
    kind: &'n str,
    name: Text<'n>,
    /// What people read instead of the name.
    title: Option<&'n str>,
    labels: Vec<(String, String)>,
    spec: Option<&'n Node>,
}

/// All objects, and which of them something refers to.
struct Objects<'n> {
    all: Vec<Object<'n>>,
    used: RefCell<BTreeSet<(String, String)>>,
}

impl<'n> Objects<'n> {
    fn named(&self, kind: &str, name: &str) -> Option<&Object<'n>> {
        self.all.iter().find(|object| object.kind == kind && object.name.text == name)
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Object<'n>> {
        self.all.iter().filter(move |object| object.kind == kind)
    }

    /// The object that `reference` names; an unknown one is noted.
    fn find(&self, kind: &str, reference: Text<'_>, notes: &mut Notes) -> Option<&Object<'n>> {
        self.used.borrow_mut().insert((kind.to_owned(), reference.text.to_owned()));
        let found = self.named(kind, reference.text);
        if found.is_none() {
            let note = Note::at(reference.at, format!("there is no {kind} {:?} here", reference.text));
            notes.add(note.value(reference.text).hint("put it into the same file, as a document of its own"));
        }
        found
    }
}

pub(super) fn read(documents: &[Node], fragment: &mut Fragment, notes: &mut Notes) {
    let mut objects = Objects { all: Vec::new(), used: RefCell::default() };
    for document in documents {
        let Some(object) = object(document, notes) else { continue };
        if objects.named(object.kind, object.name.text).is_some() {
            let note = Note::at(object.name.at, format!("there is another {} of this name", object.kind));
            notes.add(note.value(object.name.text).hint("keep one"));
        } else {
            objects.all.push(object);
        }
    }
    for service in objects.of_kind("Service") {
        let owner = ["owner", "team"].iter().find_map(|key| service.labels.iter().find(|(name, _)| name == key));
        fragment.service(&name(service.name.text), owner.map(|(_, owner)| owner.as_str()));
        if let Some(mut spec) = service.spec.and_then(|spec| Fields::of(spec, notes)) {
            if let Some(text) = spec.text(&["description"], notes) {
                notes.add(Note::at(text.at, "services have no description").hint("keep it where people look for it"));
            }
            spec.rest_unknown(notes);
        }
    }
    for object in objects.of_kind("SLO") {
        objectives::read(object, &objects, fragment, notes);
    }
    for object in objects.all.iter().filter(|object| !matches!(object.kind, "SLO" | "Service")) {
        if !objects.used.borrow().contains(&(object.kind.to_owned(), object.name.text.to_owned())) {
            notes.add(Note::at(object.name.at, "nothing refers to it").hint("it is left out"));
        }
    }
}

fn object<'n>(document: &'n Node, notes: &mut Notes) -> Option<Object<'n>> {
    let mut fields = Fields::of(document, notes)?;
    let version = fields.text(&["apiVersion"], notes);
    if version.is_none_or(|version| version.text != VERSION) {
        let (at, text) = version.map_or((document.at, "nothing"), |version| (version.at, version.text));
        let note = Note::at(at, format!("{text:?} is not read"));
        notes.add(note.hint(format!("write {VERSION}; in older versions fields have other names and places")));
        return None;
    }
    let object = inline(&mut fields, None, notes);
    fields.rest_unknown(notes);
    object
}

/// An object as a document, or where others refer to it by name; those may leave kind and metadata out.
fn inline<'n>(fields: &mut Fields<'n>, kind: Option<&'static str>, notes: &mut Notes) -> Option<Object<'n>> {
    let at = fields.at;
    let written = fields.text(&["kind"], notes);
    let unknown = Text { at, text: kind.unwrap_or_default() };
    let of_kind = written.unwrap_or(unknown);
    let Some(kind) = KINDS.into_iter().find(|kind| *kind == of_kind.text) else {
        let note = Note::at(of_kind.at, format!("the kind {:?} is not known", of_kind.text)).value(of_kind.text);
        notes.add(note.hint(format!("write one of {}", KINDS.join(", "))));
        return None;
    };
    let metadata = fields.fields(&["metadata"], notes);
    let spec = fields.take(&["spec"]);
    let Some(mut metadata) = metadata else {
        return Some(Object { kind, name: Text { at, text: "" }, title: None, labels: Vec::new(), spec });
    };
    let (found, title) = (metadata.text(&["name"], notes), metadata.text(&["displayName"], notes));
    let labels = metadata.fields(&["labels"], notes).map(|labels| labels.texts(notes)).unwrap_or_default();
    let place: Place = metadata.at;
    metadata.rest(
        |field| (field == "annotations").then_some(["there are no annotations", "keep them where they are read"]),
        notes,
    );
    if found.is_none() && written.is_some() {
        notes.add(Note::at(place, "is missing").below("name"));
        return None;
    }
    let name = found.unwrap_or(Text { at: place, text: "" });
    Some(Object { kind, name, title: title.map(|title| title.text), labels, spec })
}

/// Whether a list or mapping has nothing in it.
fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Nothing => true,
        Value::List(items) => items.is_empty(),
        Value::Map(fields) => fields.is_empty(),
        Value::Scalar(_) => false,
    }
}
