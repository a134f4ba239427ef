//! What the documents show can be written.

use std::path::PathBuf;

/// Blocks of YAML in a document, with the line at which each begins.
fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        match (line.trim_start(), inside) {
            ("```yaml", false) => {
                inside = true;
                found.push((index + 2, String::new()));
            }
            (end, true) if end.starts_with("```") => inside = false,
            (_, true) => {
                let block = &mut found.last_mut().expect("one has begun").1;
                block.push_str(line);
                block.push('\n');
            }
            _ => {}
        }
    }
    found
}

/// Whether all fields of a block are those of a configuration: others are of Prometheus, or a part of something.
fn is_ours(block: &str) -> bool {
    let schema = config::schema();
    let fields = schema["$defs"]["Document"]["properties"].as_object().expect("fields");
    let top = block.lines().filter(|line| !line.starts_with([' ', '#']) && !line.trim().is_empty());
    let top: Vec<&str> = top.map(|line| line.split(':').next().unwrap_or_default()).collect();
    !top.is_empty() && top.iter().all(|field| fields.contains_key(*field))
}

/// What a part of a configuration may lack: what it refers to stands elsewhere.
fn stands_elsewhere(wrong: &str) -> bool {
    ["there is no ", "no channel ", "no service is watched", "is missing"].iter().any(|start| wrong.starts_with(start))
}

#[test]
fn every_example_of_the_documents_is_sound_by_itself() {
    let folder = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests")).join("../../docs");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).expect("there are documents").map(|file| file.expect("a file").path()) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for (line, block) in blocks(&text).into_iter().filter(|(_, block)| is_ours(block)) {
            let whole = if block.contains("version:") { block.clone() } else { format!("version: 1\n{block}") };
            seen += 1;
            let Err(mistakes) = config::read("example.yaml", &|_| Ok(whole.clone())) else { continue };
            let odd: Vec<String> = mistakes
                .list
                .iter()
                .filter(|mistake| !stands_elsewhere(&mistake.wrong))
                .map(ToString::to_string)
                .collect();
            assert!(odd.is_empty(), "{}:{line}: {odd:#?}\n{block}", file.display());
        }
    }
    assert!(seen > 15, "{seen} examples were found");
}

#[test]
fn the_example_of_hours_is_sound() {
    let text = include_str!("../../../../docs/on-call.md");
    let (_, hours) = text.split_once("times of the week at which it is on call").expect("they are described");
    let hours = hours.split('`').nth(1).expect("there is an example");
    let rotation = format!("{{ name: a, people: ann, start: \"2026-01-05 09:00\", hours: {hours} }}");
    let people = "people: [ { name: ann, addresses: \"phone:+4930123456\" } ]";
    let services = "services: [ { name: shop, owner: a } ]";
    let text = format!("version: 1\n{services}\n{people}\nschedules: [ {{ name: a, rotations: [ {rotation} ] }} ]\n");
    assert!(config::read("a.yaml", &|_| Ok(text.clone())).is_ok(), "{hours}");
}
