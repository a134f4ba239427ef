use super::{
    Correlation, NEIGHBOURS_MAX, Neighbour, Unconfirmed, candidate, confirm, loses_a_page, may_merge, neighbours,
};
use crate::escalation::{Asked, Escalation, Policy, State as Stands};
use crate::id::ServiceName;
use crate::incident::{Entry, Incident, MergeRefused, Muted, Related, Standing, State, What};
use crate::monitor::Category;
use crate::response::{ActionState, Mode};
use crate::sample;
use crate::service::Service;
use crate::units::{Span, Time};

fn name(text: &str) -> ServiceName {
    text.parse().unwrap()
}

/// Services from lines such as `checkout api mail`: the checkout depends on the api and the mail.
fn services(lines: &[&str]) -> Vec<Service> {
    let service = |line: &&str| {
        let mut words = line.split(' ').map(name);
        Service {
            name: words.next().unwrap(),
            owner: "us".to_owned(),
            critical: false,
            depends_on: words.collect(),
            resources: Vec::new(),
            series: Vec::new(),
        }
    };
    lines.iter().map(service).collect()
}

/// What lies near a service, with how many calls between.
fn check(lines: &[&str], of: &str, expected: &[(&str, usize)]) {
    let (services, of) = (services(lines), name(of));
    let found = neighbours(&services, &of);
    let found: Vec<_> = found.iter().map(|near| (near.service().as_str(), near.hops())).collect();
    assert_eq!(found, expected, "{of} of {lines:?}");
}

#[test]
fn two_calls_in_one_direction_are_near() {
    let chain = ["shop api", "api database", "database disk", "disk"];
    check(&chain, "shop", &[("api", 1), ("database", 2)]);
    check(&chain, "api", &[("database", 1), ("shop", 1), ("disk", 2)]);
    check(&chain, "disk", &[("database", 1), ("api", 2)]);
    // Who calls the same, or is called by the same, is not near.
    check(&["shop database", "cart database", "database"], "shop", &[("database", 1)]);
    check(&["shop api mail", "api", "mail"], "api", &[("shop", 1)]);
    check(&["shop", "mail"], "shop", &[]);
    check(&["shop"], "unknown", &[]);
}

#[test]
fn rings_and_many_ways_name_each_once_by_the_shortest() {
    check(&["a b", "b a"], "a", &[("b", 1)]);
    check(&["a a"], "a", &[]);
    check(&["a b", "b c", "c a"], "a", &[("b", 1), ("c", 1)]);
    check(&["a b c", "b c", "c"], "a", &[("b", 1), ("c", 1)]);
    check(&["a b c", "b d", "c d", "d"], "a", &[("b", 1), ("c", 1), ("d", 2)]);
    let callers: Vec<String> = (10..40).map(|index| format!("s{index} hub")).collect();
    let lines: Vec<&str> = callers.iter().map(String::as_str).chain(["hub"]).collect();
    let (all, hub) = (services(&lines), name("hub"));
    let found = neighbours(&all, &hub);
    assert_eq!((found.len(), found[0].service().as_str()), (NEIGHBOURS_MAX, "s10"));
}

#[test]
fn the_reason_names_every_call_and_who_broke_when() {
    let all = services(&["shop api", "api database", "database"]);
    let why = |of: &str, other: &str, its: u32, own: u32| {
        let of = name(of);
        let near: Vec<Neighbour<'_>> = neighbours(&all, &of);
        let near = near.iter().find(|near| near.service().as_str() == other).unwrap();
        near.why(sample::after(its), sample::after(own))
    };
    assert_eq!(why("shop", "api", 0, 40), "shop depends on api, which broke 40s earlier");
    assert_eq!(why("shop", "database", 0, 90), "shop depends on api, and that on database, which broke 1m30s earlier");
    assert_eq!(why("api", "shop", 0, 0), "shop, which broke at the same time, depends on api");
    assert_eq!(why("database", "shop", 9, 0), "shop, which broke 9s later, depends on api, and that on database");
}

/// An open incident of `service` that began and was found so many seconds after the sample's.
fn incident(service: &str, began: u32, found: u32) -> Incident {
    let service = name(service);
    let mut incident = sample::incident();
    incident.id = Incident::id_of(&service, "", sample::after(began));
    incident.service = service;
    incident.opened_at = sample::after(began);
    incident.timeline[0].at = sample::after(found);
    incident
}

#[test]
fn a_candidate_began_at_about_the_same_time_and_was_found_before() {
    let all = services(&["shop api", "api"]);
    let shop = name("shop");
    let near = &neighbours(&all, &shop)[0];
    let rules = Correlation { within: Span::from_seconds(60), ..Correlation::default() };
    let found = |later: &Incident, earlier: &Incident| candidate(&rules, near, (later, earlier), sample::after(500));
    let later = incident("shop", 100, 200);
    for (began, seen, expected) in
        [(40, 150, true), (39, 150, false), (160, 199, true), (161, 199, false), (100, 201, false)]
    {
        assert_eq!(found(&later, &incident("api", began, seen)).is_some(), expected, "{began} {seen}");
    }
    let related = found(&later, &incident("api", 60, 150)).unwrap();
    assert_eq!(
        (related.why.as_str(), related.since),
        ("shop depends on api, which broke 40s earlier", sample::after(500))
    );
    let over = Incident { state: State::Resolved, ..incident("api", 60, 150) };
    assert_eq!((found(&later, &over), found(&later, &later)), (None, None));
    // Found in one second, one of them keeps the other in mind, and not both.
    let (one, other) = (incident("shop", 100, 200), incident("api", 100, 200));
    assert_ne!(found(&one, &other).is_some(), found(&other, &one).is_some());
    // What came back counts from there.
    let mut back = incident("api", 0, 0);
    back.timeline.push(Entry { at: sample::after(150), what: What::Reopened { reason: "again".to_owned() } });
    assert!(found(&later, &back).is_some());
}

fn dismissed(one: &mut Incident, other: &Incident) {
    let standing = Standing::Dismissed { at: sample::BEGAN, by: "ann".to_owned() };
    let (incident, service) = (other.id.clone(), other.service.clone());
    one.relate(Related { incident, service, why: String::new(), since: sample::BEGAN, standing });
}

#[test]
fn what_is_confirmed_fires_on_both_sides_of_one_call() {
    let all = services(&["shop api", "api database", "database", "mail"]);
    let check = |later: &Incident, earlier: &Incident, expected| {
        assert_eq!(confirm(&all, (later, earlier)), expected, "{} {}", later.service, earlier.service);
    };
    let [shop, api, database, mail] =
        [("shop", 3), ("api", 2), ("database", 1), ("mail", 0)].map(|(service, at)| incident(service, at, at));
    check(&shop, &api, Ok(()));
    check(&api, &database, Ok(()));
    check(&database, &api, Ok(()));
    check(&shop, &database, Err(Unconfirmed::Far));
    check(&shop, &mail, Err(Unconfirmed::Far));
    let covering = |covers: &[&str], incident: &Incident| Incident {
        covers: covers.iter().map(|service| (name(service), String::new())).collect(),
        ..incident.clone()
    };
    check(&shop, &covering(&["api"], &database), Ok(()));
    check(&covering(&["api"], &shop), &database, Ok(()));
    check(&shop, &covering(&["mail"], &database), Err(Unconfirmed::Far));
    check(&shop, &Incident { state: State::Closed, ..api.clone() }, Err(Unconfirmed::Over(State::Closed)));
    let quiet = |incident: &Incident| {
        let mut quiet = incident.clone();
        quiet.alerts[0].resolved_at = Some(sample::after(9));
        quiet
    };
    check(&quiet(&shop), &api, Err(Unconfirmed::Quiet));
    check(&shop, &quiet(&api), Err(Unconfirmed::Quiet));
    let (mut one, mut other) = (shop.clone(), api.clone());
    dismissed(&mut one, &api);
    check(&one, &api, Err(Unconfirmed::Dismissed));
    dismissed(&mut other, &shop);
    check(&shop, &other, Err(Unconfirmed::Dismissed));
}

#[test]
fn a_merge_is_refused_with_the_reason() {
    let (from, into) = (incident("shop", 1, 1), incident("api", 0, 0));
    let refused = |from: &Incident, into: &Incident| may_merge(from, into).unwrap_err();
    assert_eq!(may_merge(&from, &into), Ok(()));
    assert_eq!(refused(&from, &from), MergeRefused::Itself(from.id.clone()));
    let over = Incident { state: State::Resolved, ..from.clone() };
    let expected = MergeRefused::Over { incident: over.id.clone(), state: State::Resolved };
    assert_eq!((refused(&over, &into), refused(&into, &over)), (expected.clone(), expected));
    let mut drill = Incident { key: crate::drill::KEY.to_owned(), ..from.clone() };
    drill.alerts[0].labels = [(crate::drill::LABEL.to_owned(), "true".to_owned())].into();
    assert_eq!(refused(&drill, &into), MergeRefused::Drill(drill.id.clone()));
    let business = Incident { category: Category::Business, ..from.clone() };
    assert!(refused(&business, &into).to_string().contains("is business, and"));
    let mut acted = from.clone();
    let approved = ActionState::Approved { by: "auto".to_owned() };
    acted.actions = sample::incident_with_action(Mode::Auto, approved).actions;
    assert!(matches!(refused(&acted, &into), MergeRefused::UnderWay { .. }));
    assert_eq!(may_merge(&from, &Incident { actions: acted.actions, ..into.clone() }), Ok(()), "there it goes on");
    let many = |count: usize, salt: &str| {
        let mut many = incident(salt, 0, 0);
        many.alerts = (0..count)
            .map(|index| {
                let fingerprint = crate::id::Fingerprint::derive(&[salt, &index.to_string()]);
                crate::alert::AlertSummary { fingerprint, ..many.alerts[0].clone() }
            })
            .collect();
        many
    };
    assert_eq!(may_merge(&many(1, "a"), &many(Incident::ALERTS_MAX - 1, "b")), Ok(()));
    let too_many = |from: &Incident, into: &Incident| matches!(refused(from, into), MergeRefused::TooMany { .. });
    assert!(too_many(&many(2, "a"), &many(Incident::ALERTS_MAX - 1, "b")));
    let covers = |count: usize| (0..count).map(|index| (name(&format!("s{index}")), String::new())).collect();
    let wide = |count: usize| Incident { covers: covers(count), ..into.clone() };
    assert_eq!(may_merge(&from, &wide(Incident::COVERS_MAX - 1)), Ok(()));
    assert!(too_many(&from, &wide(Incident::COVERS_MAX)));
}

fn paging(stands: Stands) -> Escalation {
    let policy = Policy {
        name: "shop".parse().unwrap(),
        steps: Vec::new(),
        again_after: None,
        repeat: 0,
        fallback: None,
        remind_every: None,
    };
    let begun = Escalation::start(&policy, crate::incident::Severity::Sev2, Time::from_epoch(0));
    Escalation { state: stands, ..begun }
}

#[test]
fn a_page_could_be_lost_where_nobody_has_the_other_and_nobody_is_called_for_it() {
    let at = sample::BEGAN;
    let by = || "ann".to_owned();
    let taken = || Some(Stands::Acknowledged { by: by(), at, heard_at: at });
    let snoozed = || Some(Stands::Snoozed { by: by(), until: at });
    let exhausted = || Some(Stands::Exhausted { at });
    for (from, into, loses) in [
        (Some(Stands::Paging), Some(Stands::Paging), false),
        (Some(Stands::Paging), taken(), false),
        (Some(Stands::Paging), snoozed(), false),
        (Some(Stands::Paging), None, true),
        (Some(Stands::Paging), exhausted(), true),
        (Some(Stands::Paging), Some(Stands::Over), true),
        (exhausted(), None, true),
        (exhausted(), Some(Stands::Paging), false),
        (taken(), None, false),
        (snoozed(), None, true),
        (snoozed(), taken(), false),
        (None, None, false),
    ] {
        let stands =
            |service, stands: Option<Stands>| Incident { escalation: stands.map(paging), ..incident(service, 0, 0) };
        let found = loses_a_page(&stands("shop", from.clone()), &stands("api", into.clone()));
        assert_eq!(found.is_some(), loses, "{from:?} {into:?}");
    }
    let muted = Incident { muted: Some(Muted { by: by(), at, severity: None }), ..incident("api", 0, 0) };
    assert!(loses_a_page(&incident("shop", 0, 0), &muted).is_some());
}

#[test]
fn a_question_is_a_call_of_the_policy_that_would_call() {
    let at = sample::BEGAN;
    let had = || Stands::Acknowledged { by: "ann".to_owned(), at, heard_at: at };
    let stands = |service, state: Stands, asked: Option<&str>| {
        let asked = asked.map(|policy| Asked {
            at,
            until: at,
            policy: policy.parse().unwrap(),
            severity: crate::incident::Severity::Sev1,
            generation: 1,
        });
        Incident { escalation: Some(Escalation { asked, ..paging(state) }), ..incident(service, 0, 0) }
    };
    let merge = |from: (Stands, Option<&str>), into: (Stands, Option<&str>)| {
        may_merge(&stands("shop", from.0, from.1), &stands("api", into.0, into.1)).map_err(|error| error.to_string())
    };
    assert_eq!(merge((Stands::Paging, None), (had(), Some("shop"))), Ok(()));
    let refused = merge((Stands::Paging, None), (had(), Some("data"))).unwrap_err();
    assert!(
        refused.contains("by policy shop, and for") && refused.contains("ann is asked, by policy data"),
        "{refused}"
    );
    let refused = merge((had(), Some("data")), (Stands::Paging, None)).unwrap_err();
    assert!(refused.contains("by policy data, and for") && refused.contains("by policy shop"), "{refused}");
    assert_eq!(merge((had(), None), (had(), Some("data"))), Ok(()), "nobody is called for the one");
}

#[test]
fn no_call_ends_for_another_policy_or_a_snooze() {
    let at = sample::BEGAN;
    let by = || "ann".to_owned();
    let taken = Stands::Acknowledged { by: by(), at, heard_at: at };
    let snoozed = Stands::Snoozed { by: by(), until: at };
    let exhausted = Stands::Exhausted { at };
    let stands = |service, (state, policy): (&Stands, &str)| {
        let escalation = Escalation { policy: policy.parse().unwrap(), ..paging(state.clone()) };
        Incident { escalation: Some(escalation), ..incident(service, 0, 0) }
    };
    for (from, into, refused) in [
        ((&Stands::Paging, "shop"), (&Stands::Paging, "shop"), None),
        ((&Stands::Paging, "shop"), (&Stands::Paging, "api"), Some("by policy api")),
        ((&Stands::Paging, "shop"), (&exhausted, "api"), Some("by policy api")),
        ((&exhausted, "shop"), (&Stands::Paging, "api"), Some("by policy api")),
        ((&snoozed, "shop"), (&Stands::Paging, "api"), Some("by policy api")),
        ((&Stands::Paging, "shop"), (&snoozed, "shop"), Some("snoozed by ann")),
        ((&Stands::Paging, "shop"), (&taken, "api"), None),
        ((&taken, "shop"), (&Stands::Paging, "api"), None),
        ((&Stands::Over, "shop"), (&Stands::Paging, "api"), None),
        ((&Stands::Paging, "shop"), (&Stands::Over, "api"), None),
    ] {
        let found = may_merge(&stands("shop", from), &stands("api", into)).map_err(|refused| refused.to_string());
        let is_as_expected = match (&found, refused) {
            (Ok(()), None) => true,
            (Err(found), Some(words)) => found.contains("by policy shop") && found.contains(words),
            _ => false,
        };
        assert!(is_as_expected, "{from:?} {into:?}: {found:?}");
    }
}

#[test]
fn what_is_kept_in_mind_has_a_limit_and_candidates_go_first() {
    let mut one = incident("shop", 0, 0);
    let other = |index: usize| incident(&format!("s{index}"), 0, 0);
    let related = |index: usize, standing: Standing| Related {
        incident: other(index).id,
        service: other(index).service,
        why: String::new(),
        since: sample::BEGAN,
        standing,
    };
    for index in 0..Incident::RELATED_MAX {
        assert!(one.relate(related(index, Standing::Candidate)));
    }
    let merged = || Standing::Merged { at: sample::BEGAN, by: "ann".to_owned() };
    assert!(one.relate(related(5, merged())), "in the place of what it knew");
    assert_eq!(one.related.len(), Incident::RELATED_MAX);
    for index in 100..100 + Incident::RELATED_MAX - 1 {
        assert!(one.relate(related(index, merged())));
    }
    assert!(!one.relate(related(999, merged())));
    assert_eq!((one.related.len(), one.merged().count()), (Incident::RELATED_MAX, Incident::RELATED_MAX));
    one.merged_into = Some(other(5).id);
    assert_eq!(one.merged().count(), Incident::RELATED_MAX - 1, "what it went on in is not part of it");
}

#[test]
fn rows_of_before_are_read() {
    let text = serde_json::to_string(&sample::incident()).unwrap();
    for field in ["related", "covers", "merged_into", "correlate_at", "\"service\":null"] {
        assert!(!text.contains(field), "{field} in {text}");
    }
    assert_eq!(serde_json::from_str::<Incident>(&text).unwrap(), sample::incident());
    let mut whole = incident("shop", 0, 0);
    dismissed(&mut whole, &sample::incident());
    whole.covers.push((name("api"), "eu".to_owned()));
    whole.merged_into = Some(sample::incident().id);
    let text = serde_json::to_string(&whole).unwrap();
    assert_eq!(serde_json::from_str::<Incident>(&text).unwrap(), whole);
}
