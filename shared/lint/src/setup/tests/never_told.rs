use super::{SHOP, SOUND, check};

/// A shop whose first route says this too, before one that takes the rest.
fn route(fields: &str, intervals: &str) -> String {
    let text = format!("{SHOP}{SOUND}");
    let routes = format!("routes: [ {{ service: shop, channels: [hook], {fields} }}, {{ channels: [hook] }} ]");
    format!("{}intervals: [ {intervals} ]\n", text.replace("routes: [ { channels: [hook] } ]", &routes))
}

#[test]
fn routes_that_are_always_muted() {
    let office = "{ name: office, times: [ { clock: \"09:00-17:00\", days: \"mon:fri\" } ] }";
    let night = "{ name: night, times: [ { clock: [\"00:00-09:00\", \"17:00-24:00\"] } ] }";
    let weekend = "{ name: weekend, times: [ { days: [sat, sun] } ] }";
    let halves = "{ name: halves, times: [ { clock: \"00:00-12:00\" }, { clock: \"12:00-24:00\" } ] }";
    let past = "{ name: past, times: [ { years: 2020 } ] }";
    let yearly = "{ name: yearly, times: [ { months: dec, days_of_month: \"24\" } ] }";
    let all = [office, night, weekend, halves, past, yearly].join(", ");
    let never = |fields: &str| {
        let found = super::found(&super::read(&route(fields, &all)), None);
        found.into_iter().filter(|line| line.contains("never-tells")).collect::<Vec<_>>()
    };
    let error = ["error never-tells routes/0"];
    assert_eq!(never("mute_in: halves"), error);
    assert_eq!(never("mute_in: [office, night, weekend]"), error);
    assert_eq!(never("active_in: past"), error);
    assert_eq!(never("active_in: office, mute_in: office"), error);
    assert_eq!(never("active_in: [weekend, past], mute_in: weekend"), error);
    assert_eq!(never("routes: [ { severity: SEV1, mute_in: halves } ]"), ["error never-tells routes/0/0"]);
    for sound in
        ["mute_in: [office, weekend]", "active_in: office", "active_in: yearly", "active_in: office, mute_in: yearly"]
    {
        assert!(never(sound).is_empty(), "{sound}");
    }
}

#[test]
fn planned_work_that_covers_everything() {
    let covers = |planned: &str, expected: &[&str]| {
        let always = "intervals: [ { name: always, times: [ { days: \"sun:sat\" } ] } ]\n";
        check(&format!("{SHOP}{SOUND}{always}maintenance: [ {{ {planned}, comment: move }} ]\n"), expected);
    };
    let error = ["error never-tells maintenance/0"];
    let every = "match: { severity: [SEV1, SEV2, SEV3, SEV4] }";
    covers(&format!("{every}, interval: always"), &error);
    covers("match: [ 'alertname=~\".*\"' ], interval: always", &error);
    let unused = "note unused-interval intervals/always";
    let years = "from: \"2026-01-01T00:00:00Z\", until: \"2099-01-01T00:00:00Z\"";
    covers(&format!("{every}, {years}"), &[error[0], unused]);
    covers(&format!("match: {{ severity: SEV4 }}, {years}"), &[unused]);
    covers(&format!("match: {{ service: shop }}, {years}"), &[unused]);
    covers(&format!("{every}, from: \"2026-01-01T00:00:00Z\", until: \"2026-03-01T00:00:00Z\""), &[unused]);
}

#[test]
fn policies_that_give_way_to_another() {
    let people = "people: [ { name: ann, addresses: [\"phone:+4930123456\"] }, { name: bob, addresses: [\"phone:+4930123457\"] } ]\n";
    let escalations = "escalations: [ { name: first, fallback: hook, steps: [ { page: \"person:ann\" } ] }, { name: other, fallback: hook, steps: [ { page: \"person:bob\" } ] } ]\n";
    let links = "inbound: { links: { signing_secret: \"ssm:/links\" } }\n";
    let routes = |routes: &str, expected: &[&str]| {
        let text = format!("{SHOP}{SOUND}{people}{escalations}{links}");
        check(&text.replace("routes: [ { channels: [hook] } ]", &format!("routes: [ {routes} ]")), expected);
    };
    let rest = "{ channels: [hook], escalation: other }";
    let both = format!("{{ service: shop, channels: [hook], escalation: first, continue: true }}, {rest}");
    routes(&both, &["note calls-instead escalations/other"]);
    routes(&both.replace(", continue: true", ""), &[]);
    routes(&both.replace("escalation: other", "escalation: first"), &[]);
}
