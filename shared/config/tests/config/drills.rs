use domain::drill::Plan;
use domain::incident::Severity;
use domain::monitor::Signal;
use domain::units::Span;

use crate::sound::{SOUND, mistakes, read};

fn with(drills: &str) -> String {
    format!("{SOUND}drills: {drills}\n")
}

#[test]
fn a_drill_brings_its_source_series_and_monitor() {
    let setup = read(&with("[ { service: shop, severity: SEV3, acknowledge_within: 5m } ]")).unwrap();
    let plan =
        Plan { service: "shop".parse().unwrap(), severity: Severity::Sev3, acknowledge_within: Span::from_minutes(5) };
    assert_eq!(setup.drills, std::slice::from_ref(&plan));
    let monitor = setup.monitors.last().unwrap();
    assert_eq!(monitor.name.as_str(), "drill/shop");
    assert_eq!(monitor.signal, Signal::Series(plan.series_id().unwrap()));
    assert!(domain::drill::marks(&monitor.labels));
    let series = setup.series(&plan.series_id().unwrap()).unwrap();
    assert!(setup.sources.iter().any(|source| source.name == series.source));
    assert!(setup.service(&plan.service).unwrap().series.contains(&series.id));
    assert!(read(SOUND).unwrap().drills.is_empty());
    assert_eq!(setup.monitors.len(), read(SOUND).unwrap().monitors.len() + 1);
}

#[test]
fn what_no_drill_can_be() {
    for (drills, expected) in [
        ("[ { service: shpo } ]", "drills[0].service: there is no service \"shpo\""),
        ("[ { severity: SEV2 } ]", "drills[0].service: is missing"),
        ("[ { service: shop }, { service: shop } ]", "drills[1].service: \"shop\" stands"),
        ("[ { service: shop, acknowledge_within: 30s } ]", "30s is not between 1m and 1d"),
        ("[ { service: shop, acknowledge_within: 25h } ]", "25h is not between 1m and 1d"),
    ] {
        let found = mistakes(&with(drills));
        assert!(found.contains(expected), "{drills}: {found}");
    }
}

#[test]
fn names_of_drills_are_nobody_elses() {
    let drill = with("[ { service: shop } ]");
    let source = drill.replacen("sources:\n", "sources:\n  - { name: drill, kind: probe }\n", 1);
    assert!(mistakes(&source).contains("drills are read from a source of that name"), "{}", mistakes(&source));
    let monitor = SOUND.replacen("monitors:\n  - name: ", "monitors:\n  - name: drill/", 1);
    assert!(
        mistakes(&monitor).contains("names that begin with \"drill/\" are those of drills"),
        "{}",
        mistakes(&monitor)
    );
    let series = drill.replacen("{ name: requests,", "{ name: drill,", 1);
    assert!(mistakes(&series).contains("the series of this name is the drill's"), "{}", mistakes(&series));
}
