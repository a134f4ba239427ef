use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag, options};

use super::{Key, Node, Place, Value};
use crate::notes::{Note, Notes};

/// Collections may stand in each other this deep; the deepest field of a configuration lies at 7.
pub const DEPTH_MAX: usize = 32;
/// Anchored and repeated nodes of one file, so that a few aliases of aliases cannot fill the memory.
pub const ALIAS_NODES_MAX: usize = 100_000;

/// The key whose value's fields are fields of the mapping it stands in.
const MERGE_KEY: &str = "<<";
/// The longest name of a field or key of a mapping, in bytes; a dimension's name has at most 255.
const KEY_BYTES_MAX: usize = 256;

/// Reads one YAML document. A syntax error stands alone, since what follows it cannot be told; everything else that is
/// wrong is noted and the tree is as complete as can be.
pub(crate) fn parse(file: u32, text: &str, notes: &mut Notes) -> Option<Node> {
    let growing = grown(file, text, notes, false)?;
    if growing.root.as_ref().is_none_or(|root| matches!(root.value, Value::Nothing)) {
        let place = Place { file, line: 1, column: 1 };
        growing.notes.add(Note::at(place, "the file is empty").hint("begin with \"version: 1\""));
        return None;
    }
    growing.root
}

/// As [`parse`], with any number of documents; empty ones are left out. None after a syntax error.
pub(crate) fn parse_all(file: u32, text: &str, notes: &mut Notes) -> Vec<Node> {
    let Some(growing) = grown(file, text, notes, true) else { return Vec::new() };
    let all = growing.before.into_iter().chain(growing.root);
    all.filter(|root| !matches!(root.value, Value::Nothing)).collect()
}

fn grown<'n>(file: u32, text: &str, notes: &'n mut Notes, many: bool) -> Option<Growing<'n>> {
    let (open, anchors) = (Vec::new(), HashMap::new());
    let mut growing = Growing { file, notes, open, anchors, alias_nodes: 0, root: None, before: Vec::new(), many };
    let options = options! {
        flow_nesting_limit: DEPTH_MAX,
        block_nesting_limit: DEPTH_MAX,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = match event {
            Ok(next) => next,
            Err(error) => {
                growing.stop(&error, text);
                return None;
            }
        };
        growing.event(event, span)?;
    }
    Some(growing)
}

struct Growing<'n> {
    file: u32,
    notes: &'n mut Notes,
    open: Vec<Open>,
    /// Complete anchored nodes and how many nodes each is.
    anchors: HashMap<usize, (Node, usize)>,
    alias_nodes: usize,
    root: Option<Node>,
    /// The documents before this one, where there may be several.
    before: Vec<Node>,
    many: bool,
}

/// A collection whose end was not seen yet.
struct Open {
    at: Place,
    anchor: usize,
    nodes: usize,
    inside: Inside,
}

enum Inside {
    List(Vec<Node>),
    Map { entries: Vec<(Key, Node)>, key: Awaited },
}

/// What the next node of a mapping is.
enum Awaited {
    Key,
    ValueOf(Key),
    /// The key was none, so its value goes nowhere.
    ValueOfNothing,
}

impl Growing<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        let at = self.place(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_tag(at, tag.as_deref());
                let nothing = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if nothing { Value::Nothing } else { Value::Scalar(text.into_owned()) };
                self.complete(Node { at, value }, 1, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_tag(at, tag.as_deref());
                self.begin(at, anchor, Inside::List(Vec::new()));
                Some(())
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_tag(at, tag.as_deref());
                let (entries, key) = (Vec::new(), Awaited::Key);
                self.begin(at, anchor, Inside::Map { entries, key });
                Some(())
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.repeat(at, anchor),
            Event::DocumentStart(..) if self.many => {
                self.before.extend(self.root.take());
                Some(())
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                let note = Note::at(at, "a second document begins here");
                self.notes.add(note.hint("write one document a file, and join files with \"include\""));
                None
            }
            _ => Some(()),
        }
    }

    fn begin(&mut self, at: Place, anchor: usize, inside: Inside) {
        let nodes = 1;
        self.open.push(Open { at, anchor, nodes, inside });
    }

    fn end(&mut self) -> Option<()> {
        let Open { at, anchor, nodes, inside } = self.open.pop()?;
        let value = match inside {
            Inside::List(items) => Value::List(items),
            Inside::Map { entries, .. } => Value::Map(merged(entries)),
        };
        self.complete(Node { at, value }, nodes, anchor)
    }

    fn repeat(&mut self, at: Place, anchor: usize) -> Option<()> {
        let Some((node, nodes)) = self.anchors.get(&anchor) else {
            self.notes.add(Note::at(at, "an alias stands within what it repeats"));
            return None;
        };
        let (node, nodes) = (node.clone(), *nodes);
        self.count_alias(at, nodes)?;
        self.complete(node, nodes, 0)
    }

    fn count_alias(&mut self, at: Place, nodes: usize) -> Option<()> {
        self.alias_nodes += nodes;
        if self.alias_nodes > ALIAS_NODES_MAX {
            let wrong = format!("aliases repeat more than {ALIAS_NODES_MAX} values");
            self.notes.add(Note::at(at, wrong).hint("write them out, or use fewer"));
            return None;
        }
        Some(())
    }

    /// Hands a complete node to the collection it stands in.
    fn complete(&mut self, node: Node, nodes: usize, anchor: usize) -> Option<()> {
        if anchor > 0 {
            self.count_alias(node.at, nodes)?;
            self.anchors.insert(anchor, (node.clone(), nodes));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        open.nodes += nodes;
        match &mut open.inside {
            Inside::List(items) => items.push(node),
            Inside::Map { entries, key } => match std::mem::replace(key, Awaited::Key) {
                Awaited::ValueOf(name) => entries.push((name, node)),
                Awaited::ValueOfNothing => {}
                Awaited::Key => match node.value {
                    Value::Scalar(text) if text.len() <= KEY_BYTES_MAX => {
                        *key = Awaited::ValueOf(Key { at: node.at, text });
                    }
                    Value::Scalar(_) => {
                        *key = Awaited::ValueOfNothing;
                        let wrong = format!("the name of a field is longer than {KEY_BYTES_MAX} bytes");
                        self.notes.add(Note::at(node.at, wrong));
                    }
                    other => {
                        *key = Awaited::ValueOfNothing;
                        let wrong = format!("the name of a field must be text, and this is {}", other.kind());
                        self.notes.add(Note::at(node.at, wrong));
                    }
                },
            },
        }
        Some(())
    }

    fn refuse_tag(&mut self, at: Place, tag: Option<&Tag>) {
        if let Some(tag) = tag.filter(|tag| tag.is_custom()) {
            let note = Note::at(at, format!("the tag {:?} means nothing here", tag.original()));
            self.notes.add(note.hint("leave it out; other files are named in the list \"include\""));
        }
    }

    fn place(&self, span: Span) -> Place {
        Place { file: self.file, line: number(span.start.line()), column: number(span.start.col() + 1) }
    }

    fn stop(&mut self, error: &ScanError, text: &str) {
        let marker = error.marker();
        let place = Place { file: self.file, line: number(marker.line().max(1)), column: number(marker.col() + 1) };
        let line = text.lines().nth(marker.line().saturating_sub(1)).unwrap_or_default();
        let quote = [": >", ": <", ": %", ": @", ": `"].iter().any(|start| line.contains(start));
        let hint = quote.then(|| "put the value into quotes, such as \"> 5%\"".to_owned());
        let wrong = format!("this is not YAML: {}", error.info());
        self.notes.add(Note::at(place, wrong).hint_if(hint));
    }
}

/// `entries` with those of their merge keys (`<<`) behind them. What is written here wins, then what is merged first:
/// the type "merge" of YAML 1.1, <https://yaml.org/type/merge.html>. A merge key of anything else stays as it is.
fn merged(entries: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
    let (merges, mut all): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|(key, node)| key.text == MERGE_KEY && is_merged(&node.value));
    if merges.is_empty() {
        return all;
    }
    let mut names: HashSet<String> = all.iter().map(|(key, _)| key.text.clone()).collect();
    let sources = merges.into_iter().flat_map(|(_, node)| match node.value {
        Value::List(items) => items,
        _ => vec![node],
    });
    for source in sources {
        if let Value::Map(more) = source.value {
            all.extend(more.into_iter().filter(|(key, _)| names.insert(key.text.clone())));
        }
    }
    all
}

fn is_merged(value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::List(items) => items.iter().all(|item| matches!(item.value, Value::Map(_))),
        Value::Nothing | Value::Scalar(_) => false,
    }
}

fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
