use std::collections::VecDeque;

use domain::setup::Setup;

use crate::document::Document;
use crate::mistake::Mistakes;
use crate::notes::{Note, Notes};
use crate::packs::unpack;
use crate::places::Places;
use crate::read::Read;
use crate::resolve::{Extent, resolve};
use crate::tree::{Node, Place, Value, parse};

/// Files of one configuration. Each is read once, so this is also how deep they can include each other.
pub const FILES_MAX: usize = 64;
/// The longest file, in bytes: about ten thousand series with their monitors.
pub const FILE_BYTES_MAX: usize = 4 << 20;

/// Reads the configuration that begins with the file `root`; `load` gives the text of a file, or why there is none.
///
/// Included files are named relative to the one that includes them, so `load` is asked for `config/more.yaml` when
/// `config/tocsin.yaml` includes `more.yaml`.
///
/// # Errors
/// Everything that is wrong, together.
pub fn read(root: &str, load: &dyn Fn(&str) -> Result<String, String>) -> Result<Setup, Mistakes> {
    let mut reading = Reading::of(root);
    while let Some(name) = reading.wanted() {
        let text = load(name);
        reading.give(text);
    }
    reading.finish(None)
}

/// A configuration that is being read, for callers that must wait for each file.
#[derive(Debug)]
pub struct Reading {
    notes: Notes,
    trees: Vec<Option<Node>>,
    /// Files to read, and where they are included.
    waiting: VecDeque<(String, Option<Place>)>,
}

impl Reading {
    /// The configuration that begins with the file `root`.
    pub fn of(root: &str) -> Self {
        Self { notes: Notes::default(), trees: Vec::new(), waiting: VecDeque::from([(root.to_owned(), None)]) }
    }

    /// The file that must be given next; `None` once all are there.
    pub fn wanted(&self) -> Option<&str> {
        self.waiting.front().map(|(name, _)| name.as_str())
    }

    /// Takes the text of the wanted file, or why there is none.
    pub fn give(&mut self, text: Result<String, String>) {
        let Some((name, included_at)) = self.waiting.pop_front() else {
            return;
        };
        let file = u32::try_from(self.trees.len()).unwrap_or(u32::MAX);
        self.notes.files.push(name);
        let place = Place { file, line: 1, column: 1 };
        let tree = match text {
            Err(reason) => {
                let note = Note::at(included_at.unwrap_or(place), format!("cannot be read: {reason}"));
                self.notes.add(note);
                None
            }
            Ok(text) if text.len() > FILE_BYTES_MAX => {
                let wrong = format!("the file has {} bytes, at most {FILE_BYTES_MAX} are read", text.len());
                self.notes.add(Note::at(place, wrong).hint("split it into files and name them in \"include\""));
                None
            }
            Ok(text) => parse(file, &text, &mut self.notes),
        };
        if let Some(tree) = &tree {
            self.follow(tree);
        }
        self.trees.push(tree);
    }

    fn follow(&mut self, tree: &Node) {
        let Some(Value::List(names)) = tree.field("include").map(|node| &node.value) else {
            return;
        };
        let including = self.notes.files.last().cloned().unwrap_or_default();
        for node in names {
            let Value::Scalar(name) = &node.value else {
                continue;
            };
            if let Some(note) = self.refuse(node.at, &including, name) {
                self.notes.add(note.value(name));
            } else {
                self.waiting.push_back((beside(&including, name), Some(node.at)));
            }
        }
    }

    fn refuse(&self, at: Place, including: &str, name: &str) -> Option<Note> {
        let odd = name.is_empty() || name.contains(['\\', ':']) || name.chars().any(char::is_control);
        if odd || name.starts_with('/') || name.split('/').any(|part| matches!(part, "" | "." | "..")) {
            let note = Note::at(at, format!("{name:?} does not lie beside or below this file"));
            return Some(note.hint("write a path such as \"more.yaml\" or \"team/shop.yaml\""));
        }
        let path = beside(including, name);
        let waiting = self.waiting.iter().map(|(waiting, _)| waiting);
        if self.notes.files.iter().chain(waiting).any(|known| *known == path) {
            return Some(Note::at(at, format!("{name:?} is read already")).hint("include each file once"));
        }
        (self.notes.files.len() + self.waiting.len() >= FILES_MAX)
            .then(|| Note::at(at, format!("the configuration consists of more than {FILES_MAX} files")))
    }

    /// The configuration; with `shards`, the limits of each shard are checked too.
    ///
    /// # Errors
    /// Everything that is wrong, together.
    pub fn finish(mut self, shards: Option<u32>) -> Result<Setup, Mistakes> {
        let (setup, _) = self.resolve(shards);
        self.notes.verdict(setup, &self.trees)
    }

    /// As [`Reading::finish`], with the places where the parts of the configuration are written.
    ///
    /// # Errors
    /// Everything that is wrong, together.
    pub fn finish_placed(mut self, shards: Option<u32>) -> Result<(Setup, Places), Mistakes> {
        let (setup, documents) = self.resolve(shards);
        let places = Places::of(&documents, &self.notes, &self.trees);
        self.notes.verdict((setup, places), &self.trees)
    }

    fn resolve(&mut self, shards: Option<u32>) -> (Setup, Vec<Document>) {
        let roots = self.trees.iter().flatten();
        let mut documents: Vec<_> = roots.filter_map(|tree| Document::read(tree, &mut self.notes)).collect();
        let extent = Extent {
            root: self.trees.first().and_then(Option::as_ref).map(|root| root.at),
            whole: documents.len() == self.trees.len() && !documents.is_empty(),
        };
        unpack(&mut documents, &mut self.notes);
        let setup = resolve(&documents, extent, shards, &mut self.notes);
        (setup, documents)
    }
}

/// The path of `name` in the folder of the file `including`.
fn beside(including: &str, name: &str) -> String {
    match including.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    }
}
