use super::{SHOP, SOUND, check};

/// A shop whose worst alerts call by a policy with these steps and what `more` says.
fn policy(hours: &str, policy: &str, more: &str) -> String {
    let people = "people:\n  - { name: ann, addresses: [\"phone:+4930123456\"] }\n  - { name: bob, addresses: [\"phone:+4930123457\"] }\n";
    let rotation = format!("{{ name: turns, people: [ann, bob], start: \"2026-01-05 09:00\"{hours} }}");
    let schedule = format!("schedules: [ {{ name: shop, rotations: [ {rotation} ] }} ]\n");
    let text = format!("{SHOP}{SOUND}").replace("routes: [ {", "routes: [ { escalation: shop,");
    let links = "inbound: { links: { signing_secret: \"ssm:/links\" } }\n";
    format!("{text}{people}{schedule}escalations: [ {{ name: shop, {policy} }} ]\n{links}{more}")
}

const NIGHTS: &str = ", hours: [ { from: \"20:00\", until: \"06:00\" } ]";

#[test]
fn policies_that_call_nobody_for_a_time_or_ever() {
    let schedule = "steps: [ { page: \"schedule:shop\" } ]";
    check(&policy("", schedule, ""), &[]);
    check(&policy(NIGHTS, schedule, ""), &["warn calls-nobody escalations/shop"]);
    check(&policy(NIGHTS, "steps: [ { page: \"rotation:shop/turns\" } ]", ""), &["warn calls-nobody escalations/shop"]);
    check(&policy(NIGHTS, &format!("{schedule}, fallback: hook"), ""), &[]);
    check(&policy(NIGHTS, "steps: [ { page: \"schedule:shop\" }, { page: \"person:bob\" } ]", ""), &[]);
    // Two who are never away together.
    let days = "schedules: [ { name: shop, rotations: [ { name: turns, people: bob, start: \"2026-01-05 09:00\", hours: [ { from: \"06:00\", until: \"20:00\" } ] } ] }, ";
    let both = "steps: [ { page: \"schedule:shop\" }, { page: \"schedule:other\" } ]";
    check(&policy(NIGHTS, both, "").replace("schedules: [ { name: shop,", &format!("{days}{{ name: other,")), &[]);
    // Where the route has no channel, nobody hears at all.
    let silent = policy(NIGHTS, schedule, "").replace("shop, channels: [hook] }", "shop }, { channels: [hook] }");
    check(
        &silent.replace("escalation: shop }", "escalation: shop, service: shop }"),
        &["error calls-nobody escalations/shop"],
    );
    // Turns that have not begun yet are none.
    let later = policy("", schedule, "").replace("2026-01-05 09:00", "2027-01-05 09:00");
    check(&later, &["warn calls-nobody escalations/shop/steps/0", "error calls-nobody escalations/shop"]);
}

#[test]
fn who_is_called_and_cannot_answer() {
    let without = |text: &str| {
        policy("", "steps: [ { page: \"person:ann\" } ]", "")
            .replace("inbound: { links: { signing_secret: \"ssm:/links\" } }\n", text)
    };
    check(&without(""), &["warn cannot-acknowledge people/ann"]);
    check(
        &without("inbound: { pagerduty: { signing_secret: \"ssm:/pagerduty\" } }\n"),
        &["warn cannot-acknowledge people/ann"],
    );
    let user = without("inbound: { pagerduty: { signing_secret: \"ssm:/pagerduty\" } }\n")
        .replace("{ name: ann,", "{ name: ann, pagerduty: PXPGF42,");
    check(&user, &[]);
    let bot = "channels: [ { name: bot, kind: slack-bot, token: \"ssm:/bot\", channel: C0123ABCDEF },";
    let slack = |inbound: &str| {
        let text = without(inbound)
            .replace("channels: [ {", &format!("{bot} {{"))
            .replace("channels: [hook] }", "channels: [hook, bot] }");
        text.replace("[\"phone:+4930123456\"]", "[\"phone:+4930123456\", \"slack:U0123ABCDEF\"]")
    };
    check(&slack(""), &["warn cannot-acknowledge people/ann"]);
    check(&slack("inbound: { slack: { signing_secret: \"ssm:/slack\" } }\n"), &[]);
}

#[test]
fn what_will_never_be_and_what_is_over() {
    let times = |times: &str, expected: &[&str]| {
        let interval = format!("intervals: [ {{ name: odd, times: [ {times} ] }} ]\n");
        let routes = "routes: [ { channels: [hook], mute_in: odd }";
        check(&format!("{SHOP}{SOUND}{interval}").replace("routes: [ { channels: [hook] }", routes), expected);
    };
    let never = &["note never-is intervals/odd"];
    times("{ days_of_month: [\"31\"], months: feb }", never);
    times("{ days_of_month: [\"29\"], months: feb, days: mon }", &[]);
    times("{ years: \"2020:2025\" }", never);
    times("{ years: \"2020:2025\" }, { days: sat }", &[]);
    times("{ clock: 09:00-17:00 }", &[]);
    let planned = |until: &str| {
        let planned =
            format!("maintenance: [ {{ match: a=b, from: 2025-12-24T22:00:00Z, until: {until}, comment: disks }} ]\n");
        format!("{SHOP}{SOUND}{planned}")
    };
    check(&planned("2025-12-25T22:00:00Z"), &["note never-is maintenance/0"]);
    check(&planned("2026-12-25T22:00:00Z"), &[]);
}
