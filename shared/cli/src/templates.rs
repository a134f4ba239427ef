//! `tocsin templates`: the sentences of a log, without their values.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use domain::log::{Miner, TemplateId, sentence};

/// Where a template was seen.
struct Seen {
    first: usize,
    last: usize,
    count: usize,
}

/// Finds the templates of `file`, and returns the exit code.
pub(crate) fn templates(file: &Path, out: Option<&Path>) -> u8 {
    let (miner, ids) = match mined(file) {
        Ok(mined) => mined,
        Err(error) => return failed(file, &error),
    };
    let table = table(&miner, &ids);
    match out {
        None => {
            crate::print(&table);
            eprint!("{}", summary(&miner, &ids));
        }
        Some(out) if crate::same_file(out, file) => {
            eprintln!("{}: would be overwritten; name another file with --out", file.display());
            return 2;
        }
        Some(out) => {
            if let Err(error) = fs::write(out, table) {
                return failed(out, &error);
            }
            crate::print(&summary(&miner, &ids));
        }
    }
    0
}

fn failed(file: &Path, error: &std::io::Error) -> u8 {
    eprintln!("{}: {error}", file.display());
    2
}

/// The template of each line, as it is known at the end.
fn mined(file: &Path) -> std::io::Result<(Miner, Vec<TemplateId>)> {
    let mut reader = BufReader::new(File::open(file)?);
    let mut miner = Miner::with_room(usize::MAX);
    let (mut ids, mut bytes) = (Vec::new(), Vec::new());
    while reader.read_until(b'\n', &mut bytes)? > 0 {
        let line = String::from_utf8_lossy(&bytes);
        ids.push(miner.add(&sentence(&line)));
        bytes.clear();
    }
    let ids = ids.into_iter().map(|id| miner.resolve(id)).collect();
    Ok((miner, ids))
}

fn text(miner: &Miner, id: TemplateId) -> String {
    miner.text(id).expect("there is room for all")
}

fn table(miner: &Miner, ids: &[TemplateId]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut row = |fields: [&str; 3]| writer.write_record(fields).expect("memory takes all");
    row(["line", "template_id", "template"]);
    for (index, id) in ids.iter().enumerate() {
        row([&(index + 1).to_string(), &id.0.to_string(), &text(miner, *id)]);
    }
    String::from_utf8(writer.into_inner().expect("memory is flushed")).expect("text in, text out")
}

/// A line for each template, the most frequent first.
fn summary(miner: &Miner, ids: &[TemplateId]) -> String {
    let mut seen: BTreeMap<TemplateId, Seen> = BTreeMap::new();
    for (index, id) in ids.iter().enumerate() {
        let line = index + 1;
        let seen = seen.entry(*id).or_insert(Seen { first: line, last: line, count: 0 });
        seen.last = line;
        seen.count += 1;
    }
    let mut rows: Vec<_> = seen.into_iter().collect();
    rows.sort_by_key(|(id, seen)| (std::cmp::Reverse(seen.count), *id));
    let heading = format!(
        "{} lines, {} templates\n{:>8} {:>7} {:>8} {:>8} {:>5}  template\n",
        ids.len(),
        rows.len(),
        "count",
        "share",
        "first",
        "last",
        "id"
    );
    let line = |(id, seen): &(TemplateId, Seen)| {
        let share = 100.0 * seen.count as f64 / ids.len() as f64;
        let text = text(miner, *id);
        format!("{:>8} {share:>6.2}% {:>8} {:>8} {:>5}  {text}\n", seen.count, seen.first, seen.last, id.0)
    };
    std::iter::once(heading).chain(rows.iter().map(line)).collect()
}
