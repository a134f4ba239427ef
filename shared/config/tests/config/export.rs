//! Objectives in the words of `OpenSLO`, and back.

use std::fs;
use std::path::PathBuf;

use config::export::open_slo;
use config::import::{Unsaid, open_slo as import};
use domain::setup::Setup;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/config/export").join(name)
}

fn golden(name: &str, found: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path(name), found).expect("it can be written");
    }
    assert_eq!(found, fs::read_to_string(path(name)).unwrap_or_default(), "{name}");
}

fn setup(text: &str) -> Setup {
    config::read("tocsin.yaml", &|_| Ok(text.to_owned())).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn shop() -> Setup {
    setup(&fs::read_to_string(path("tocsin.yaml")).expect("it is there"))
}

#[test]
fn objectives_are_said_in_the_words_of_open_slo() {
    let exported = open_slo(&shop());
    golden("openslo.exported", &exported.text);
    let losses: String = exported.losses.iter().map(|(part, loss)| format!("{part}: {loss}\n")).collect();
    golden("openslo.losses", &losses);
    assert_eq!(exported.slos, 4);
    assert_eq!(open_slo(&setup("version: 1\nservices: [ { name: a, owner: b } ]\n")).text, "");
}

#[test]
fn what_is_exported_and_imported_promises_the_same() {
    let before = shop();
    let exported = open_slo(&before);
    let imported = import("shop.yaml", &exported.text, &Unsaid::default()).expect("it is YAML");
    let after = setup(&imported.text);
    assert_eq!(after.slos.len(), exported.slos);
    for slo in &after.slos {
        let was = before.slos.iter().find(|was| was.name == slo.name).expect("it has its name");
        let promise =
            |slo: &domain::slo::Slo| (slo.objective, slo.period.clone(), slo.service.clone(), slo.labels.clone());
        assert_eq!(promise(slo), promise(was));
        let rates = |slo: &domain::slo::Slo| -> Vec<_> {
            slo.burn_rates.iter().map(|rule| (rule.severity, rule.long, (rule.factor * 1e6).round())).collect()
        };
        assert_eq!(rates(slo), rates(was), "{}", slo.name);
        let queries = |setup: &Setup, slo: &domain::slo::Slo| -> Vec<_> {
            slo.series().filter_map(|id| setup.series(id)).map(|series| series.query.clone()).collect()
        };
        assert_eq!(queries(&after, slo), queries(&before, was), "{}", slo.name);
    }
}
