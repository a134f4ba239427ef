use super::*;

/// What is found in a shop that has this objective too.
fn slo(fields: &str, expected: &[&str]) {
    check(&format!("{SHOP}{SOUND}slos:\n  - {{ name: up, service: shop, {fields} }}\n"), expected);
}

#[test]
fn objectives_that_cannot_alert() {
    let requests = "indicator: { requests: { bad: errors, total: requests } }";
    slo(&format!("{requests}, objective: 99.9%"), &[]);
    slo(&format!("{requests}, objective: 90%"), &[]);
    slo(&format!("{requests}, objective: 80%"), &["note impossible-burn-rate slos/up"]);
    let rule = |factor: f64| {
        format!(
            "{requests}, objective: 99.9%, burn_alerts: {{ rules: [ {{ severity: SEV2, long: 1h, factor: {factor} }} ] }}"
        )
    };
    slo(&rule(0.9), &[]);
    slo(&rule(0.5), &["warn impossible-burn-rate slos/up"]);
    let share = "indicator: { slices: { signal: { ratio: { numerator: errors, denominator: requests } }, good: '< -1%', unit: percent } }, objective: 99%";
    slo(share, &[]);
    let text = format!("{SHOP}{SOUND}slos:\n  - {{ name: up, service: shop, {requests}, objective: 99.9% }}\n");
    check(
        &text.replace("expression: errors, period: 1m, pace: 1m", "expression: errors, period: 1m, pace: 15m"),
        &["warn slow-look slos/up"],
    );
    let again = text.lines().last().unwrap().replace("name: up", "name: again");
    check(&format!("{text}{again}\n"), &["warn duplicate slos/again"]);
    let routes = |routes: &str| text.replace("routes: [ { channels: [hook] } ]", routes);
    let lost = "routes: [ { severity: SEV2, channels: [hook] }, { service: tocsin, channels: [hook] } ]";
    check(&routes(lost), &["error reaches-nobody monitors/slow/when/SEV3"]);
}

#[test]
fn objectives_of_few_events() {
    let text = format!(
        "{SHOP}{SOUND}slos:\n  - {{ name: up, service: shop, indicator: {{ requests: {{ bad: errors, total: requests }} }}, objective: 99.9% }}\n"
    );
    observed(&[("requests", days(|_| 20.0))], &text, &[]);
    observed(
        &[("requests", days(|minute| f64::from(u8::from(minute % 7 < 6)) / 7.0))],
        &text,
        &["warn budget-of-few slos/up"],
    );
}
