//! Log templates on the systems of `LogHub` (Zhu et al. 2023, <https://arxiv.org/abs/2008.06448>): are lines of one template, and
//! only those, found to be alike?

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Instant;

use domain::log::Miner;

use crate::table::{Table, Verdict};

const ACCURACY_MIN: f64 = 0.88;
const LINES_A_SECOND_MIN: f64 = 1e6;
const REPEATS: usize = 20;

/// A system's lines as they were logged, and their messages and true templates.
struct System {
    name: String,
    lines: Vec<String>,
    messages: Vec<String>,
    templates: Vec<String>,
}

/// Measures and prints; `folder` holds a folder for each system.
pub(crate) fn measure(folder: Option<&Path>) {
    println!("\nLog templates");
    let systems = folder.map(load).unwrap_or_default();
    if systems.is_empty() {
        println!("  NOT MEASURED, since no folder with LogHub's systems is named (--logs)");
        return;
    }
    let mut table = Table::new(&["", "accuracy: lines", "messages", "million a second: lines", "messages"]);
    let (mut accuracy, mut seconds) = ([0.0; 2], [0.0; 2]);
    for system in &systems {
        let judged = [&system.lines, &system.messages].map(|lines| (system.accuracy(lines), time(lines)));
        for (i, (one, took)) in judged.iter().enumerate() {
            accuracy[i] += one / systems.len() as f64;
            seconds[i] += took;
        }
        let [lines, messages] = judged;
        let speed = |seconds: f64| format!("{:.2}", system.lines.len() as f64 / seconds / 1e6);
        let cells = [format!("{:.3}", lines.0), format!("{:.3}", messages.0), speed(lines.1), speed(messages.1)];
        table.row(&[vec![system.name.clone()], cells.to_vec()].concat());
    }
    let count = systems.iter().map(|system| system.lines.len()).sum::<usize>() as f64;
    let accuracy = accuracy.map(|mean| Verdict::at_least(mean, ACCURACY_MIN).to_string());
    let speed = seconds.map(|took| Verdict::at_least(count / took / 1e6, LINES_A_SECOND_MIN / 1e6).to_string());
    table.row(&[vec!["all".to_owned()], accuracy.to_vec(), speed.to_vec()].concat());
    table.print();
}

fn load(folder: &Path) -> Vec<System> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    names.sort();
    names.into_iter().filter_map(|name| system(folder, name)).collect()
}

fn system(folder: &Path, name: String) -> Option<System> {
    let log = folder.join(&name).join(format!("{name}_2k.log"));
    let lines = fs::read_to_string(&log).ok()?.lines().map(str::to_owned).collect();
    let mut reader = csv::Reader::from_path(log.with_extension("log_structured_corrected.csv")).ok()?;
    let headers = reader.headers().expect("a first line").clone();
    let column = |name: &str| headers.iter().position(|header| header == name).expect("the column is there");
    let (message, template) = (column("Content"), column("EventTemplate"));
    let (mut messages, mut templates) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.expect("a row");
        messages.push(record[message].to_owned());
        templates.push(record[template].to_owned());
    }
    Some(System { name, lines, messages, templates })
}

impl System {
    /// The share of lines whose group is exactly that of a true template.
    fn accuracy(&self, lines: &[String]) -> f64 {
        let mut miner = Miner::default();
        let ids: Vec<_> = lines.iter().map(|line| miner.add(line)).collect();
        let found = groups(ids.into_iter().map(|id| miner.resolve(id)));
        let right = groups(&self.templates);
        found.intersection(&right).map(BTreeSet::len).sum::<usize>() as f64 / lines.len() as f64
    }
}

/// The numbers of the lines that have the same key.
fn groups<K: Ord>(keys: impl IntoIterator<Item = K>) -> BTreeSet<BTreeSet<usize>> {
    let mut groups: BTreeMap<K, BTreeSet<usize>> = BTreeMap::new();
    for (number, key) in keys.into_iter().enumerate() {
        groups.entry(key).or_default().insert(number);
    }
    groups.into_values().collect()
}

/// Seconds for all lines, once the templates are known.
fn time(lines: &[String]) -> f64 {
    let mut miner = Miner::default();
    let mut pass = || {
        for line in lines {
            std::hint::black_box(miner.add(line));
        }
    };
    pass();
    let start = Instant::now();
    (0..REPEATS).for_each(|_| pass());
    start.elapsed().as_secs_f64() / REPEATS as f64
}
