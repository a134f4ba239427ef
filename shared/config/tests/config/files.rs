use std::cell::RefCell;
use std::path::Path;

use config::FILES_MAX;

use crate::sound::SOUND;

/// Reads `files`, of which the first is the root; their mistakes, one a line, or the number of services. `END` is the line
/// after the sound configuration.
fn check(files: &[(&str, &str)], expected: Result<usize, &str>) {
    let asked = RefCell::new(Vec::new());
    let found = config::read(files[0].0, &|name| {
        asked.borrow_mut().push(name.to_owned());
        let file = files.iter().find(|(file, _)| *file == name);
        file.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "no such file".to_owned())
    });
    let found = found.map(|setup| setup.services.len()).map_err(|mistakes| mistakes.to_string());
    let end = (SOUND.lines().count() + 1).to_string();
    assert_eq!(found, expected.map_err(|expected| expected.replace("END", &end)));
    let mut asked = asked.into_inner();
    asked.sort();
    assert!(asked.windows(2).all(|pair| pair[0] != pair[1]), "a file is read once: {asked:?}");
}

const OTHER: &str = "services:\n  - { name: other, owner: o, depends_on: [shop] }\n";

#[test]
fn lists_of_included_files_are_added() {
    let root = format!("{SOUND}include: [ team/other.yaml ]\n");
    check(&[("config/1/tocsin.yaml", &root), ("config/1/team/other.yaml", OTHER)], Ok(3));
    let more = format!("{OTHER}include: [ last.yaml ]\n");
    let last = "services: [ { name: last, owner: o } ]\n";
    check(&[("tocsin.yaml", &root), ("team/other.yaml", &more), ("team/last.yaml", last)], Ok(4));
}

#[test]
fn mistakes_of_all_files_come_together() {
    let root = format!("{SOUND}include: [ a.yaml, b.yaml, missing.yaml ]\n").replacen("[cart]", "[cart, elsewhere]", 1);
    check(
        &[("tocsin.yaml", &root), ("a.yaml", "settle: 5s\nservices: [ { name: shop, owner: o } ]"), ("b.yaml", "a: ]")],
        Err("tocsin.yaml:END:28 include[2]: cannot be read: no such file\n\
             a.yaml:1:9 settle: \"settle\" stands in another file too, at tocsin.yaml:2; keep one\n\
             a.yaml:2:21 services[0].name: \"shop\" is the name of another service, at tocsin.yaml:12; names are unique; choose another\n\
             b.yaml:1:4: this is not YAML: misplaced bracket"),
    );
    check(
        &[("tocsin.yaml", "version: 1\ninclude: [ a.yaml ]"), ("a.yaml", "version: 2")],
        Err("a.yaml:1:10 version: version 2 is not known; this Tocsin reads version 1"),
    );
}

#[test]
fn an_unknown_name_may_stand_in_a_file_that_cannot_be_read() {
    let root = format!("{SOUND}include: [ a.yaml ]\n").replacen("[cart]", "[cart, elsewhere]", 1);
    check(&[("tocsin.yaml", &root)], Err("tocsin.yaml:END:12 include[0]: cannot be read: no such file"));
    check(&[("tocsin.yaml", &root), ("a.yaml", "services: [ { name: elsewhere, owner: o } ]")], Ok(3));
}

#[test]
fn circles_and_odd_paths_are_refused() {
    let root = format!("{SOUND}include: [ a.yaml, tocsin.yaml, a.yaml ]\n");
    check(
        &[("tocsin.yaml", &root), ("a.yaml", "include: [ tocsin.yaml ]")],
        Err("tocsin.yaml:END:20 include[1]: \"tocsin.yaml\" is read already; include each file once\n\
             tocsin.yaml:END:33 include[2]: \"a.yaml\" is read already; include each file once\n\
             a.yaml:1:12 include[0]: \"tocsin.yaml\" is read already; include each file once"),
    );
    for odd in ["../a.yaml", "/etc/passwd", "a//b.yaml", "./a.yaml", "s3://bucket/a.yaml"] {
        let root = format!("{SOUND}include: [ {odd:?} ]\n");
        let expected = format!(
            "tocsin.yaml:END:12 include[0]: {odd:?} does not lie beside or below this file; write a path such as \"more.yaml\" or \"team/shop.yaml\""
        );
        check(&[("tocsin.yaml", &root)], Err(&expected));
    }
}

#[test]
fn so_many_files_and_no_more() {
    let included = |count: usize| {
        let names: Vec<String> = (0..count).map(|index| format!("{index}.yaml")).collect();
        let root = format!("{SOUND}include: [{}]\n", names.join(", "));
        let text = "version: 1\n";
        let files = names.iter().map(|name| (name.as_str(), text));
        let files: Vec<_> = [("tocsin.yaml", root.as_str())].into_iter().chain(files).collect();
        config::read("tocsin.yaml", &|name| {
            let file = files.iter().find(|(file, _)| *file == name).ok_or("no such file")?;
            Ok(file.1.to_owned())
        })
        .map(|setup| setup.services.len())
        .map_err(|mistakes| mistakes.count())
    };
    assert_eq!(included(FILES_MAX - 1), Ok(2));
    assert_eq!(included(FILES_MAX), Err(1));
}

#[test]
fn the_configurations_of_this_repository_are_sound() {
    let repository = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests")).join("../..");
    for folder in ["infrastructure/config", "infrastructure/environments/local"] {
        let file = repository.join(folder).join("tocsin.yaml");
        if !file.exists() {
            continue;
        }
        let found = config::read(&file.display().to_string(), &|name| {
            std::fs::read_to_string(name).map_err(|error| error.to_string())
        });
        assert!(found.as_ref().is_ok_and(|setup| !setup.monitors.is_empty()), "{found:?}");
    }
}
