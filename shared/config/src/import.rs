//! Objectives and routes of other tools as a `tocsin.yaml`, and what of them cannot be carried over.

mod alertmanager;
mod fields;
mod fragment;
mod open_slo;
mod sloth;
mod words;

use std::collections::BTreeSet;

use domain::id::ServiceName;

use crate::files::{FILE_BYTES_MAX, read};
use crate::mistake::{Mistake, Mistakes};
use crate::notes::{Note, Notes};
use crate::tree::{Node, Place, parse_all};
use fragment::Fragment;

/// What a document of another tool becomes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imported {
    /// A configuration that is sound by itself; empty if there is nothing to carry over.
    pub text: String,
    /// How many objectives it has.
    pub slos: usize,
    /// How many routes it has.
    pub routes: usize,
    /// What is not carried over, line by line, with the reason and what to do.
    pub losses: Vec<Mistake>,
}

/// What documents of other tools do not say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unsaid {
    /// The address of the Prometheus server.
    pub prometheus: Option<String>,
    /// Who owns services that name nobody.
    pub owner: Option<String>,
}

/// Reads Sloth's `prometheus/v1` and its `PrometheusServiceLevel` of Kubernetes.
///
/// Source: <https://sloth.dev/specs/default/>, <https://sloth.dev/specs/kubernetes/>
///
/// # Errors
/// The text is no YAML, too long, or empty.
pub fn sloth(file: &str, text: &str, unsaid: &Unsaid) -> Result<Imported, Mistakes> {
    import(file, text, unsaid, sloth::read)
}

/// Reads documents of `openslo/v1`, in any order.
///
/// Source: <https://github.com/OpenSLO/OpenSLO>
///
/// # Errors
/// The text is no YAML, too long, or empty.
pub fn open_slo(file: &str, text: &str, unsaid: &Unsaid) -> Result<Imported, Mistakes> {
    import(file, text, unsaid, open_slo::read)
}

/// Reads Alertmanager's configuration: routes, receivers, inhibitions, intervals. The result watches nothing by itself:
/// it tells what others send, or is included by a configuration that watches.
///
/// Source: <https://prometheus.io/docs/alerting/latest/configuration/>
///
/// # Errors
/// The text is no YAML, too long, or empty.
pub fn alertmanager(file: &str, text: &str) -> Result<Imported, Mistakes> {
    let (documents, mut notes) = parsed(file, text)?;
    let found = alertmanager::read(&documents, &mut notes);
    let names: BTreeSet<&str> = found.services.iter().map(ServiceName::as_str).chain(["any"]).collect();
    let services: Vec<String> = names.iter().map(|name| format!("{{ name: {name:?}, owner: any }}")).collect();
    let frame = format!("version: 1\nservices: [ {} ]\ninclude: [ \"{RESULT}\" ]\n", services.join(", "));
    let load = |name: &str| Ok(if name == RESULT { found.text.clone() } else { frame.clone() });
    let unsound = if found.text.is_empty() { None } else { read("the frame", &load).err() };
    let losses = losses(&documents, notes, unsound);
    Ok(Imported { text: found.text, slos: 0, routes: found.routes, losses })
}

type Reader = fn(&[Node], &mut Fragment, &mut Notes);

/// What the file is called that is made.
const RESULT: &str = "the result";

fn import(file: &str, text: &str, unsaid: &Unsaid, reader: Reader) -> Result<Imported, Mistakes> {
    let (documents, mut notes) = parsed(file, text)?;
    let mut fragment = Fragment::new(unsaid);
    reader(&documents, &mut fragment, &mut notes);
    fragment.finish(&mut notes);
    let text = fragment.text();
    let unsound = if text.is_empty() { None } else { read(RESULT, &|_| Ok(text.clone())).err() };
    let losses = losses(&documents, notes, unsound);
    Ok(Imported { slos: fragment.slos(), routes: 0, text, losses })
}

/// The documents of a file.
fn parsed(file: &str, text: &str) -> Result<(Vec<Node>, Notes), Mistakes> {
    let mut notes = Notes::without_limit();
    notes.files.push(file.to_owned());
    if text.len() > FILE_BYTES_MAX {
        let wrong = format!("the file has {} bytes, at most {FILE_BYTES_MAX} are read", text.len());
        notes.add(Note::at(Place { file: 0, line: 1, column: 1 }, wrong).hint("split it into files"));
    }
    let documents = if notes.any() { Vec::new() } else { parse_all(0, text, &mut notes) };
    if !notes.any() && documents.is_empty() {
        let note = Note::at(Place { file: 0, line: 1, column: 1 }, "there is nothing in the file");
        notes.add(note.hint("name the file that the other tool reads; is it written already?"));
    }
    if notes.any() {
        return Err(Mistakes { list: notes.mistakes([]), more: 0 });
    }
    Ok((documents, notes))
}

/// What was noted, and what is wrong with the result.
fn losses(documents: &[Node], notes: Notes, unsound: Option<Mistakes>) -> Vec<Mistake> {
    let mut losses: Vec<Mistake> = Vec::new();
    for loss in notes.mistakes(documents) {
        // What several objectives share is told once.
        if !losses.contains(&loss) {
            losses.push(loss);
        }
    }
    losses.extend(unsound.into_iter().flat_map(|mistakes| mistakes.list));
    losses
}
