use domain::escalation::{Cause, Prompt, Why};
use domain::notification::{ChannelKind, Template};
use domain::on_call::{Change, Person, Rotation, Schedule, Team, Turn, TurnUnit};
use domain::units::Span;

use super::*;

const MONDAY: &str = "2026-01-05T12:00:00Z";

fn name<T: std::str::FromStr<Err: fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn time(text: &str) -> Time {
    name(text)
}

fn person(who: &str, addresses: Vec<Address>) -> Person {
    Person { name: name(who), zone: name("Europe/Berlin"), addresses, pagerduty: None }
}

fn schedule(called: &str, people: &[&str]) -> Schedule {
    let rotation = Rotation {
        name: name("weekly"),
        people: people.iter().map(|who| name(who)).collect(),
        every: Turn { count: 1, unit: TurnUnit::Week },
        start: name("2026-01-05T09:00"),
        hours: Vec::new(),
    };
    Schedule { name: name(called), zone: name("Europe/Berlin"), rotations: vec![rotation] }
}

/// ann has a phone and mail, bob mail only, eve Slack, for which there is no channel.
fn on_call() -> OnCall {
    OnCall {
        people: vec![
            person("ann", vec![Address::Phone(name("+4930123456")), Address::Email(name("ann@example.com"))]),
            person("bob", vec![Address::Slack(name("U0BOB")), Address::Email(name("bob@example.com"))]),
            person("eve", vec![Address::Slack(name("U0EVE"))]),
        ],
        teams: vec![Team { name: name("shop"), members: vec![name("bob"), name("ann"), name("eve")] }],
        schedules: vec![schedule("primary", &["ann", "bob"]), schedule("empty", &["ann"])],
        policies: Vec::new(),
    }
}

fn channels() -> Vec<Channel> {
    let channel = |called: &str| Channel {
        name: name(called),
        kind: ChannelKind::Email { from: name("tocsin@example.com"), to: vec![name("ops@example.com")] },
        template: Template::default(),
        fallback: None,
    };
    vec![channel("ops"), channel("all")]
}

fn target(text: &str) -> Target {
    match text.split_once(' ') {
        Some(("schedule", rest)) => Target::Schedule(name(rest)),
        Some(("rotation", rest)) => {
            let (schedule, rotation) = rest.split_once('/').expect("a schedule and its rotation");
            Target::Rotation(name(schedule), name(rotation))
        }
        Some(("team", rest)) => Target::Team(name(rest)),
        Some(("channel", rest)) => Target::Channel(name(rest)),
        _ => Target::Person(name(text)),
    }
}

fn within<T>(overrides: &[Override], ask: impl FnOnce(Directory<'_>) -> T) -> T {
    let otherwise = [name("all")];
    let (on_call, channels) = (on_call(), channels());
    ask(Directory { on_call: &on_call, overrides, channels: &channels, otherwise: &otherwise })
}

/// ann is off schedule `empty`, for a day from MONDAY.
fn off() -> Override {
    let change = Change::Remove { person: name("ann") };
    let (starts_at, ends_at) = (time(MONDAY), time(MONDAY) + Span::DAY);
    Override {
        id: Override::id_of(&name("empty"), &change, starts_at, ends_at),
        version: 1,
        schedule: name("empty"),
        starts_at,
        ends_at,
        change,
        by: "ann".into(),
        comment: String::new(),
    }
}

fn check(targets: &[&str], reach: Reach, at: &str, expected: &str) {
    let targets: Vec<Target> = targets.iter().map(|text| target(text)).collect();
    within(&[off()], |directory| {
        let resolved = directory.who(&targets, reach, time(at));
        assert_eq!(resolved.to_string(), expected, "{targets:?} at {at}");
        assert_eq!(directory.reaches(&targets, time(at)), !resolved.addressees.is_empty(), "{targets:?} at {at}");
    });
}

#[test]
fn targets_become_people_and_channels_with_the_reason() {
    use Reach::{Every, First};
    check(&["ann"], First, MONDAY, "ann by text message (named by the policy)");
    check(&["ann"], Every, MONDAY, "ann by text message (named by the policy), ann by e-mail (named by the policy)");
    check(&["channel ops"], First, MONDAY, "channel ops (named by the policy)");
    check(&["schedule primary"], First, MONDAY, "ann by text message (on call by schedule primary)");
    // Handoff is at 09:00 in Berlin.
    check(&["schedule primary"], First, "2026-01-12T07:59:59Z", "ann by text message (on call by schedule primary)");
    check(&["schedule primary"], First, "2026-01-12T08:00:00Z", "bob by e-mail (on call by schedule primary)");
    let rotation = "ann by text message (on call by rotation primary/weekly)";
    check(&["rotation primary/weekly"], First, MONDAY, rotation);
    check(&["rotation empty/weekly"], First, MONDAY, "nobody is told; not rotation empty/weekly: nobody is on call");
    for gone in ["rotation primary/daily", "rotation gone/weekly"] {
        check(&[gone], First, MONDAY, &format!("nobody is told; not {gone}: nothing of that name is declared"));
    }
    let team = "bob by e-mail (of team shop), ann by text message (of team shop); \
                not eve: no channel can tell any address of theirs";
    check(&["team shop"], First, MONDAY, team);
}

#[test]
fn nobody_is_told_twice_and_whoever_is_not_is_named() {
    use Reach::First;
    check(&["schedule primary", "ann", "ann"], First, MONDAY, "ann by text message (on call by schedule primary)");
    check(&["schedule empty"], First, MONDAY, "nobody is told; not schedule empty: nobody is on call");
    check(&["schedule empty"], First, "2026-01-06T12:00:00Z", "ann by text message (on call by schedule empty)");
    check(
        &["schedule empty", "bob"],
        First,
        MONDAY,
        "bob by e-mail (named by the policy); not schedule empty: nobody is on call",
    );
    check(&["joe"], First, MONDAY, "nobody is told; not joe: no such person is declared");
    check(&["team gone"], First, MONDAY, "nobody is told; not team gone: nothing of that name is declared");
    check(&["channel gone"], First, MONDAY, "nobody is told; not channel gone: no such channel is declared");
}

fn check_effect(effect: &Effect, severity: Severity, expected: &str) {
    let resolved = within(&[off()], |directory| directory.addressees(effect, severity, time(MONDAY)));
    assert_eq!(resolved.to_string(), expected, "{effect:?}");
}

#[test]
fn a_page_of_the_worst_goes_everywhere_and_so_does_one_that_is_overdue() {
    let ann = || vec![target("ann")];
    let page = Effect::Page { generation: 1, round: 0, step: 0, steps: 1, targets: ann(), why: Why::Began };
    let every = "ann by text message (named by the policy), ann by e-mail (named by the policy)";
    check_effect(&page, Severity::Sev1, every);
    check_effect(&page, Severity::Sev2, "ann by text message (named by the policy)");
    let overdue = Effect::Overdue { generation: 2, step: 0, targets: ann(), respond_within: Span::MINUTE };
    check_effect(&overdue, Severity::Sev4, every);
    let skipped = Effect::Skipped { round: 0, step: 0, steps: 1, targets: vec![target("schedule empty")] };
    check_effect(&skipped, Severity::Sev1, "nobody is told; not schedule empty: nobody is on call");
}

#[test]
fn no_address_is_called_twice_in_one_instant() {
    let overdue = |step: usize, who: &str| Effect::Overdue {
        generation: 2,
        step,
        targets: vec![target(who)],
        respond_within: Span::MINUTE,
    };
    let page = |who: &str| Effect::Page {
        generation: 2,
        round: 0,
        step: 1,
        steps: 2,
        targets: vec![target(who)],
        why: Why::Unacknowledged { waited: Span::MINUTE },
    };
    let fallback =
        Effect::Fallback { generation: 2, channel: None, targets: vec![target("bob")], cause: Cause::NobodyOnCall };
    let (text, mail) = ("ann by text message", "ann by e-mail");
    let told = |address: &str| format!("{address} (named by the policy)");
    let spared = |address: &str| format!("; not {address}: called at the same time");
    let cases = [
        // The page of the next step goes to one address, the call for what is overdue to the other.
        (vec![overdue(0, "ann"), page("ann")], vec![told(mail) + &spared(text), told(text)]),
        (vec![overdue(0, "ann"), page("bob")], vec![told(text) + ", " + &told(mail), told("bob by e-mail")]),
        (
            vec![overdue(0, "bob"), page("bob")],
            vec!["nobody is told".to_owned() + &spared("bob by e-mail"), told("bob by e-mail")],
        ),
        (
            vec![overdue(0, "bob"), fallback],
            vec!["nobody is told".to_owned() + &spared("bob by e-mail"), told("bob by e-mail")],
        ),
        (
            vec![overdue(0, "ann"), overdue(1, "ann")],
            vec![told(text) + ", " + &told(mail), "nobody is told".to_owned() + &spared(text) + &spared(mail)],
        ),
    ];
    for (effects, expected) in cases {
        let all = within(&[off()], |directory| directory.all_addressees(&effects, Severity::Sev2, time(MONDAY)));
        assert_eq!(all.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{effects:?}");
    }
}

#[test]
fn a_fallback_and_a_reminder_always_reach_somebody() {
    let fallback = |channel: Option<&str>, last: &str| Effect::Fallback {
        generation: 1,
        channel: channel.map(name),
        targets: vec![target(last)],
        cause: Cause::NobodyOnCall,
    };
    check_effect(&fallback(Some("ops"), "ann"), Severity::Sev2, "channel ops (the fallback)");
    let last = "bob by e-mail (named by the policy)";
    check_effect(&fallback(None, "bob"), Severity::Sev2, last);
    let gone = "not channel gone: no such channel is declared";
    check_effect(&fallback(Some("gone"), "bob"), Severity::Sev2, &format!("{last}; {gone}"));
    let route = "channel all (of the route, for nobody else can be told)";
    let nobody = format!("{route}; not schedule empty: nobody is on call");
    check_effect(&fallback(None, "schedule empty"), Severity::Sev2, &nobody);
    let remind = |holder: &str| Effect::Remind {
        generation: 1,
        holder: holder.into(),
        prompt: Prompt::NoWord { since: Span::HOUR },
    };
    check_effect(&remind("ann"), Severity::Sev1, "ann by text message (has the incident)");
    let unknown = format!("{route}; not Ann Example: no such person is declared");
    check_effect(&remind("Ann Example"), Severity::Sev1, &unknown);
}
