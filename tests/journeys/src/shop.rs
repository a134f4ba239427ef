use domain::service::Resource;
use domain::setup::Setup;

/// The version that serves at first.
pub const GOOD_VERSION: &str = "1";
/// The version whose requests fail.
pub const BAD_VERSION: &str = "2";

/// The configuration of the shop, but for what it promises, whose story is told apart.
pub fn setup() -> Setup {
    setup_with(&[])
}

/// The same with each text replaced by the other.
///
/// # Panics
/// When a text does not stand in it, or the outcome is no configuration.
pub fn setup_with(changes: &[(&str, &str)]) -> Setup {
    let whole = text();
    let (before, rest) = whole.split_once("slos:\n").expect("it promises something");
    let (_, after) = rest.split_once("runbooks:\n").expect("runbooks come next");
    changed(&format!("{before}runbooks:\n{after}"), changes)
}

/// A configuration with each text replaced by the other.
pub(crate) fn changed(text: &str, changes: &[(&str, &str)]) -> Setup {
    let mut text = text.to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "{old:?} does not stand in the configuration");
        text = text.replace(old, new);
    }
    read(&text)
}

/// The configuration of the shop, whose worse alerts call somebody, and wait half a minute for each other; with each text
/// replaced by the other.
///
/// # Panics
/// As [`setup_with`].
pub fn setup_on_call(changes: &[(&str, &str)]) -> Setup {
    let mut all = vec![
        ("grouping: { group_wait: 0s }", ON_CALL),
        ("channels: [slack, pagerduty, hook] }", "channels: [slack, pagerduty, hook], escalation: shop }"),
    ];
    all.extend(changes);
    setup_with(&all)
}

/// Ann is on call while the stories last, and then Ben.
const ON_CALL: &str = r#"grouping: { group_wait: 30s }

people:
  - { name: ann, zone: Europe/Berlin, addresses: ["phone:+4930123456"] }
  - { name: ben, zone: America/New_York, addresses: ["phone:+12125550123"] }

schedules:
  - name: shop-primary
    zone: Europe/Berlin
    rotations:
      - { name: primary, people: [ben, ann], every: week, start: "2026-01-05 09:00" }

escalations:
  - name: shop
    repeat: 1
    fallback: slack
    steps:
      - { page: "schedule:shop-primary" }
      - { after: 10m, page: "person:ben" }
"#;

/// The configuration of the shop, as it is.
///
/// # Panics
/// When it has mistakes.
pub fn setup_with_objective() -> Setup {
    read(&text())
}

fn text() -> String {
    include_str!("shop.yaml").to_owned()
}

fn read(text: &str) -> Setup {
    let load = |_: &str| Ok(text.to_owned());
    match config::read("tocsin.yaml", &load) {
        Ok(setup) => setup,
        Err(mistakes) => panic!("{mistakes}"),
    }
}

/// The alias that serves the shop.
pub fn alias() -> Resource {
    Resource::LambdaAlias { function: "shop-checkout".to_owned(), alias: "live".to_owned() }
}
