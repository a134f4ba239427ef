use config::Mistakes;
use domain::setup::Setup;

/// A configuration without mistakes that uses every field.
pub(crate) const SOUND: &str = r#"version: 1
settle: 60s
look_back: 10m
sources:
  - { name: cw, kind: cloudwatch, region: eu-central-1, account: "012345678901", role_arn: "arn:aws:iam::012345678901:role/r" }
  - { name: prom, kind: prometheus, url: "https://prom.example.com", auth: { bearer: "ssm:/tocsin/prom" } }
  - { name: probes, kind: probe }
  - { name: pushed, kind: pushed }
  - { name: logs, kind: logs, region: eu-west-1, role_arn: "arn:aws:iam::012345678901:role/l" }
  - { name: bill, kind: cost-explorer, role_arn: "arn:aws:iam::012345678901:role/c" }
services:
  - name: shop
    owner: team-shop
    critical: true
    depends_on: [cart]
    resources: [ { kind: lambda-alias, function: shop, alias: live } ]
    series:
      - { name: requests, source: cw, namespace: Shop, metric: Requests, dimensions: { Service: shop }, statistic: Sum, period: 1m }
      - { name: errors, source: cw, namespace: Shop, metric: Errors, statistic: Sum, period: 1m, pace: 5m }
      - { name: latency, source: prom, expression: "avg(latency)", period: 30s, unit: seconds }
      - { name: orders, source: cw, namespace: Shop, metric: Orders, statistic: Sum, period: 1m, sparse: true }
      - { name: site, source: probes, probe: { kind: http, url: "https://shop.example.com/", status: 200, contains: ok, timeout: 5s, reads: latency }, period: 1m }
      - { name: port, source: probes, probe: { kind: tcp, host: shop.example.com, port: 443, timeout: 2s, reads: up }, period: 1m }
      - { name: bad, source: logs, log: { kind: query, groups: [/shop/web], query: "filter level = 'ERROR'", stats: "pct(ms, 99)" }, period: 5m }
      - { name: lost, source: logs, log: { kind: pattern, groups: [/shop/web, /shop/jobs], pattern: "?ERROR ?FATAL" }, period: 1m }
      - { name: news, source: logs, log: { kind: templates, groups: [/shop/web], pattern: ERROR, reads: new-templates, learn: 2d }, period: 1m }
      - { name: gone, source: logs, log: { kind: templates, groups: [/shop/web], reads: template-share, template: "cart <*> is gone" }, period: 1m, unit: percent }
      - { name: cost, source: bill, cost: { service: AWS Lambda, account: "012345678901", reads: month-to-date }, period: 1d, pace: 12h, unit: dollars }
      - { name: refunds, source: pushed, metric: Refunds, dimensions: { shop: "7" }, statistic: Sum, period: 1m }
  - name: cart
    owner: team-shop
    series:
      - { name: size, source: cw, namespace: Cart, metric: Size, statistic: p99, period: 5m, unit: bytes }
monitors:
  - name: shop-errors
    service: shop
    signal: { ratio: { numerator: errors, denominator: requests } }
    unit: percent
    conditions:
      - { severity: SEV3, when: "> 5%", recover: "< 3%" }
      - { severity: SEV2, when: "> 10%", recover: "< 5%" }
    datapoints: { breaching: 2, of: 3 }
    missing_data: ignore
    cooldown: 15m
    category: business
    labels: { team: shop }
  - name: shop-slow
    service: shop
    signal: { series: latency }
    unit: milliseconds
    conditions: [ { severity: SEV3, when: ">= 500" } ]
    datapoints: { breaching: 1, of: 1 }
    settle: 30s
  - name: shop-odd
    service: shop
    signal: { increase: orders }
    measure: { kind: anomaly, sensitivity: 1.5, side: down }
    conditions: [ { severity: SEV3 }, { severity: SEV2, when: ">= 0.7", recover: "< 0.1" } ]
    quiet: true
  - name: shop-z
    service: shop
    signal: { series: orders }
    measure: { kind: z-score, over: 6h }
    conditions: [ { severity: SEV4, when: "> 3" } ]
  - name: shop-mad
    service: shop
    signal: { series: orders }
    measure: { kind: mad, over: 12h }
    conditions: [ { severity: SEV4, when: "> 3.5" } ]
  - name: shop-week
    service: shop
    signal: { series: orders }
    measure: { kind: week-band, weeks: 3 }
    conditions: [ { severity: SEV4, when: "< -4" } ]
  - name: shop-change
    service: shop
    signal: { series: orders }
    measure: { kind: change, against: yesterday, over: 10m, at_least: 20 }
    conditions: [ { severity: SEV3, when: "< -30%" } ]
  - name: shop-usual
    service: shop
    signal: { series: orders }
    measure: { kind: change, against: usual, weeks: 6 }
    conditions: [ { severity: SEV3, when: "< -40%" } ]
    category: business
  - name: shop-full
    service: shop
    signal: { series: orders }
    measure: { kind: forecast, within: 4d, over: 2d }
    conditions: [ { severity: SEV3, when: "> 900" } ]
  - name: shop-backup
    service: shop
    signal: { series: orders }
    measure: { kind: absence, cron: "0 3 * * 1-5", zone: Europe/Berlin, grace: 30m, nonzero: true }
    conditions: [ { severity: SEV3 }, { severity: SEV2, when: "> 3600" } ]
  - name: shop-silent
    service: shop
    signal: { series: orders }
    measure: { kind: absence, every: 10m }
    conditions: [ { severity: SEV3 } ]
  - name: shop-really
    service: shop
    signal: { monitors: "shop-odd and (shop-z or not shop-mad)" }
    conditions: [ { severity: SEV1 } ]
runbooks:
  - name: roll-back
    match: { service: shop, monitor: shop-errors, severity: [SEV1, SEV2], labels: { team: shop } }
    steps:
      - { action: roll-back-lambda-alias, mode: auto, moved_within: 30m, verify_within: 5m, limit: { count: 2, per: 6h } }
      - { action: roll-back-lambda-alias }
response: { enabled: true, default_mode: approve }
events:
  limits: [ { field: queue.depth, max: 1000 }, { field: response_time, max: 2000 } ]
  rules:
    - name: negative-amount
      when: "data.amount < 0 && !has(data.refund)"
      source: [payments]
      event_type: charge
      severity: 0.95
      decision: halt
      reason: the amount is negative
      suggestion: stop the batch and ask accounting
    - { name: beta, when: metadata.beta == true, severity: 0.1, reason: it is a beta }
  sources: [ { source: payments, service: shop } ]
  mask: [email]
channels:
  - { name: slack, kind: slack, url: "ssm:/tocsin/slack", fallback: mail }
  - { name: bot, kind: slack-bot, token: "ssm:/tocsin/bot", channel: C0123ABCDEF }
  - { name: pager, kind: pagerduty, routing_key: "ssm:/tocsin/pager" }
  - { name: hook, kind: webhook, url: "https://hooks.example.com/x", signing_secret: "secretsmanager:hook" }
  - { name: mail, kind: email, from: tocsin@example.com, to: ops@example.com }
inbound: { slack: { signing_secret: "ssm:/tocsin/slack-signing" }, links: { signing_secret: "ssm:/tocsin/links" } }
routes:
  - { service: [shop, tocsin], severity: SEV1, category: technical, channels: [slack, pager] }
  - { channels: [hook], continue: true }
  - match: [ 'team=~"shop|cart"', tier!=gold ]
    channels: [bot]
    group_by: [alertname, service]
    group_wait: 10s
    group_interval: 2m
    repeat_interval: 1d
    mute_in: [nights]
    active_in: weekdays
    routes:
      - { match: { team: shop, tier: [silver, "bronze.1"] }, escalation: shop, group_by: "...", continue: true }
      - { match: alertname=watchdog, channels: [] }
      - { match: { team: shop } }
grouping: { group_by: [service], group_wait: 20s, group_interval: 3m, repeat_interval: 6h, channels: [hook] }
inhibitions:
  - { name: whole-region, source: { alertname: region-down }, target: [ severity=~"SEV3|SEV4" ], equal: [region] }
  - { source: severity="SEV1", target: severity!="SEV1", equal: service }
intervals:
  - name: nights
    times: [ { clock: ["22:00-24:00", "00:00-06:00"], days: [mon:fri, sun], zone: Europe/Berlin } ]
  - name: weekdays
    times:
      - { days: monday:friday }
      - { days_of_month: ["1:3", "-1"], months: [jan, "6:8"], years: "2026:2030" }
maintenance:
  - { match: { service: shop }, from: "2026-12-24T22:00:00Z", until: "2026-12-25T02:00:00Z", comment: new database }
  - { match: [ service=cart, severity!=SEV1 ], interval: nights, comment: nightly import }
correlation: { within: 5m, confirm_after: 2m, merge: by-hand }
post_mortem: { default_owner: team-shop, severities: [SEV1] }
retention: { metrics: 30d, events: 14d, incidents: 90d }
slos:
  - name: shop-up
    service: shop
    description: requests are answered
    indicator: { requests: { bad: errors, total: requests } }
    objective: 99.9%
    period: 28d
    exclude:
      - { from: "2026-12-24T00:00:00Z", until: "2026-12-25T00:00:00Z", reason: the region was down }
      - { days: [sat, sun], from: "22:00", until: "02:00", zone: Europe/Berlin, reason: maintenance }
    burn_alerts: { table: scaled }
    guard: { events: 20, confidence: 99% }
    no_data: bad
    gate: true
    reopen: 10%
    settle: 2m
    cooldown: 15m
    category: business
    labels: { tier: gold }
  - name: shop-good
    service: shop
    indicator: { requests: { good: orders, total: requests } }
    objective: 99%
    calendar: { unit: month, zone: Europe/Berlin }
    burn_alerts: { rules: [ { severity: SEV2, long: 1h, short: 5m, factor: 14.4 }, { severity: SEV3, long: 3d, budget: 10% } ] }
    gate: false
  - name: refunds-small
    service: shop
    indicator: { latency: { series: refunds, under: 20 } }
    objective: 0.95
    burn_alerts: { table: thresholds, over: 2h }
  - name: shop-fast
    service: shop
    indicator: { slices: { signal: { series: latency }, good: "< 500", unit: milliseconds } }
    objective: 95%
  - name: shop-fresh
    service: shop
    indicator: { freshness: { series: orders, within: 10m } }
    objective: 99.5%
    period: 7d
    burn_alerts: { table: none }
people:
  - { name: ann, zone: Europe/Berlin, addresses: ["slack:U0123ABCDEF", "email:ann@example.com"], pagerduty: PXPGF42 }
  - { name: bob, addresses: phone:+4930123456 }
teams: [ { name: shop, members: [bob, ann] } ]
schedules:
  - name: shop
    zone: Europe/Berlin
    rotations:
      - { name: nights, people: [ann, bob], every: 2 weeks, start: "2026-01-05 09:00", hours: [ { days: [fri, sat], from: "18:00", until: "08:00" } ] }
      - { name: days, people: bob, start: 2026-01-05T09:00, hours: [ { from: "08:00", until: "18:00" } ] }
escalations:
  - name: shop
    repeat: 2
    again_after: 20m
    fallback: hook
    remind_every: 30m
    steps:
      - { after: 0m, page: ["schedule:shop", "channel:hook"] }
      - { after: 10m, page: "team:shop" }
      - { page: ["person:ann", "rotation:shop/nights"] }
"#;

/// Reads one file.
pub(crate) fn read(text: &str) -> Result<Setup, Mistakes> {
    config::read("tocsin.yaml", &|_| Ok(text.to_owned()))
}

/// [`SOUND`] with each text replaced by another; the text must be there.
pub(crate) fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = SOUND.to_owned();
    for (old, new) in edits {
        assert!(text.contains(old), "{old:?} does not stand in the sound configuration");
        text = text.replacen(old, new, 1);
    }
    text
}

/// The mistakes of `text`, one a line; empty if it is sound.
pub(crate) fn mistakes(text: &str) -> String {
    read(text).err().map(|mistakes| mistakes.to_string()).unwrap_or_default()
}
