//! Storms: a row stays within its bounds, each alert is counted once, and the first of a kind is never dropped.

use super::*;

/// A row must be smaller; an item of DynamoDB is 400 KB at most, names of attributes included.
const ROW_BYTES_MAX: usize = 350_000;

/// The alert `index` of a storm; its labels are as large as senders may make them.
fn stormy(name: &str, index: usize, letter: char) -> Member {
    let long = std::iter::repeat_n(letter, 1_900).collect::<String>();
    let labels = [("alertname", name.to_owned()), ("instance", format!("i-{index}")), ("long", long)];
    let labels = labels.map(|(label, value)| (label.to_owned(), value)).into();
    Member {
        labels,
        service: "s".repeat(128).parse().expect("a name"),
        incident: Some(IncidentId::derive(&[name])),
        flapping: Some((0..4).fold(Flapping::fired(None, NOW), |one, _| Flapping::fired(Some(one), NOW))),
        ..member(name, true, NOW)
    }
}

fn fingerprint(index: usize) -> Fingerprint {
    Fingerprint::derive(&["storm", &index.to_string()])
}

fn row(group: &Group) -> usize {
    serde_json::to_vec(group).expect("it is plain").len()
}

/// How many fire of each name, counted or whole.
fn by_name(group: &Group) -> BTreeMap<String, usize> {
    let mut names: BTreeMap<String, usize> = group.counted().kinds().into_iter().map(|k| (k.name, k.firing)).collect();
    for member in group.members().values().filter(|member| member.firing) {
        *names.entry(member.name.clone()).or_default() += 1;
    }
    names
}

#[test]
fn three_thousand_alerts_of_three_hundred_names_are_all_there() {
    let (timing, view) = (Timing::default(), View::default());
    let name = |index: usize| format!("Alert{:03}", index / 10);
    let mut group = empty();
    for round in 0..2 {
        for index in 0..3_000 {
            let placed = group.place(&fingerprint(index), stormy(&name(index), index, 'x'), &timing, NOW);
            assert_eq!(placed, if round == 0 { Placed::Fires } else { Placed::Unchanged });
        }
    }
    assert!(row(&group) < ROW_BYTES_MAX, "{}", row(&group));
    assert_eq!((group.firing(), by_name(&group).len(), group.counted().beyond), (3_000, 300, 0));
    assert!(by_name(&group).values().all(|count| *count == 10), "counts are exact");

    let Flushed { mut group, tell, .. } = group.flush(&view, &timing, NOW + timing.wait);
    let tell = tell.expect("it is the first");
    let more: usize = tell.counted.iter().map(|kind| kind.firing).sum();
    assert_eq!(tell.firing.len() + more, 3_000);
    assert!(row(&group) < ROW_BYTES_MAX, "{}", row(&group));
    assert_eq!(serde_json::from_slice::<Group>(&serde_json::to_vec(&group).unwrap()).unwrap(), group);

    for index in 0..1_000 {
        let over = Member { firing: false, ..stormy(&name(index), index, 'x') };
        assert_eq!(group.place(&fingerprint(index), over, &timing, NOW + Span::MINUTE), Placed::Resolved);
    }
    let flushed = group.flush(&view, &timing, NOW + Span::HOUR);
    let tell = flushed.tell.expect("a thousand are over");
    let resolved: usize = tell.counted.iter().map(|kind| kind.resolved).sum();
    assert_eq!((tell.reason, tell.resolved.len() + resolved), (Reason::Resolved, 1_000));
    let mut group = flushed.group;
    assert_eq!((group.firing(), by_name(&group).len()), (2_000, 200));
    for index in 1_000..3_000 {
        let over = Member { firing: false, ..stormy(&name(index), index, 'x') };
        group.place(&fingerprint(index), over, &timing, NOW + Span::HOUR);
    }
    let over = group.flush(&view, &timing, NOW + Span::HOUR);
    assert_eq!((over.verdict, over.group.is_empty()), (Reason::AllResolved, true));
}

#[test]
fn the_first_of_a_name_is_held_whole_however_late_it_comes() {
    let timing = Timing::default();
    let mut group = empty();
    for index in 0..2_000 {
        group.place(&fingerprint(index), member("flood", true, NOW), &timing, NOW);
    }
    let late = fingerprint(9_999);
    group.place(&late, member("late", true, NOW), &timing, NOW);
    assert!(group.members().contains_key(&late));
    assert_eq!((group.members().len(), group.counted().len()), (MEMBERS_MAX, 2_001 - MEMBERS_MAX));
}

#[test]
fn no_storm_makes_a_row_too_large() {
    let timing = Timing::default();
    for (names, letter) in [(1, 'x'), (20_000, '"'), (20_000, '\u{1}'), (500, '\u{20ac}')] {
        let mut group = empty();
        for index in 0..20_000 {
            let kind = index % names;
            let name = format!("{kind}{}", letter.to_string().repeat(120));
            let known: &str = if letter == '\u{1}' { "control" } else { &name };
            let mut one = stormy(known, index, letter);
            if letter == '\u{20ac}' {
                one.labels.insert("long".into(), "\u{20ac}".repeat(600));
            }
            group.place(&fingerprint(index), one, &timing, NOW);
        }
        assert!(row(&group) < ROW_BYTES_MAX, "{names} {letter}: {}", row(&group));
        let group = group.flush(&View::default(), &timing, NOW + timing.wait).group;
        assert!(row(&group) < ROW_BYTES_MAX, "{names} {letter} after: {}", row(&group));
        let known = group.firing() as u64 + group.counted().beyond;
        assert_eq!(known, 20_000, "each is counted, or said to be beyond");
    }
}

#[test]
fn a_counted_alert_is_held_with_the_whole_ones_of_its_name() {
    let timing = Timing::default();
    let mut group = empty();
    for index in 0..400 {
        group.place(&fingerprint(index), member("flood", true, NOW), &timing, NOW);
    }
    let held = group.members().keys().map(|fingerprint| (fingerprint.clone(), silenced(None))).collect();
    let flushed = group.clone().flush(&View { held, muted: None }, &timing, NOW + timing.wait);
    assert_eq!(flushed.verdict, all_held(400));
    let counted = (0..400).map(fingerprint).find(|one| !group.members().contains_key(one)).expect("some are counted");
    let one = View { held: BTreeMap::from([(counted.clone(), silenced(None))]), muted: None };
    let outlook = group.outlook(&counted, &one, &timing, NOW);
    assert_eq!(outlook, Outlook::Held { held: silenced(None), again: Some(NOW + timing.wait) });
    let tell = group.flush(&one, &timing, NOW + timing.wait).tell.expect("the others fire");
    assert_eq!((tell.held, tell.counted[0].firing), (1, 99));
}
