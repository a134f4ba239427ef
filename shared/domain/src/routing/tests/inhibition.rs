//! Source: Alertmanager `inhibit/inhibit_test.go`.

use proptest::prelude::*;

use super::{labels, matchers};
use crate::id::Fingerprint;
use crate::label::{Labels, tests as of_labels};
use crate::routing::{Inhibition, Inhibitors};

fn rule(source: &str, target: &str, equal: &[&str]) -> Inhibition {
    let equal = equal.iter().map(|label| (*label).to_owned()).collect();
    Inhibition { name: None, source: matchers(source), target: matchers(target), equal }
}

/// Which rule inhibits the target, asked of the index and of each pair.
fn check(rules: &[Inhibition], firing: &[&[(&str, &str)]], target: &[(&str, &str)], expected: Option<usize>) {
    let firing: Vec<(Fingerprint, Labels)> =
        firing.iter().zip('a'..).map(|(pairs, name)| (Fingerprint::given(name), labels(pairs))).collect();
    let target = labels(target);
    let pair = |rule: &Inhibition| firing.iter().any(|(_, source)| rule.inhibits(source, &target));
    assert_eq!(rules.iter().position(pair), expected, "{target:?}");
    let index = Inhibitors::new(rules, firing.iter().map(|(fingerprint, labels)| (fingerprint, labels)));
    let found = index.first(&Fingerprint::given("target"), &target);
    assert_eq!(found.map(|(_, rule)| rule), expected, "{target:?}");
}

/// `TestInhibitRuleHasEqual`; an alert that is resolved is not among those that fire.
#[test]
fn sources_agree_with_the_target_in_the_labels_that_must_be_equal() {
    check(&[rule("", "", &[])], &[], &[("a", "b")], None);
    let one_sided = |equal: &[&str]| [rule("source=yes", "source!=yes", equal)];
    check(&one_sided(&[]), &[&[("source", "yes")]], &[("a", "b")], Some(0));
    check(&one_sided(&["a"]), &[&[("source", "yes"), ("a", "b"), ("c", "f")]], &[("a", "b")], Some(0));
    check(&one_sided(&["a"]), &[&[("source", "yes"), ("a", "c")]], &[("a", "b")], None);
    check(&one_sided(&["a", "b"]), &[&[("source", "yes"), ("a", "b"), ("b", "f")]], &[("a", "b"), ("b", "c")], None);
    // A label that is missing equals one that is empty.
    check(&one_sided(&["a"]), &[&[("source", "yes")]], &[("b", "c")], Some(0));
    check(&one_sided(&["a"]), &[&[("source", "yes"), ("a", "")]], &[("b", "c")], Some(0));
}

/// `TestInhibitRuleMatches`.
#[test]
fn alerts_that_satisfy_both_sides_do_not_inhibit_each_other() {
    let rules = [rule("s1=1", "t1=1", &["e"]), rule("s2=1", "t2=1", &["e"])];
    let firing: [&[_]; 2] = [&[("s1", "1"), ("t1", "2"), ("e", "1")], &[("s2", "1"), ("t2", "1"), ("e", "1")]];
    check(&rules, &firing, &[("t1", "1"), ("e", "1")], Some(0));
    check(&rules, &firing, &[("t2", "1"), ("e", "1")], Some(1));
    check(&rules, &firing, &[("t1", "1"), ("t3", "1"), ("e", "1")], Some(0));
    check(&rules, &firing, &[("t1", "1"), ("t2", "1"), ("e", "1")], Some(0));
    check(&rules, &firing, &[("t1", "0"), ("e", "1")], None);
    check(&rules, &firing, &[("s1", "1"), ("t1", "1"), ("e", "1")], Some(0));
    check(&rules, &firing, &[("s2", "1"), ("t2", "1"), ("e", "1")], None);
    check(&rules, &firing, &[("t1", "1"), ("e", "0")], None);
}

/// `TestInhibitRuleMatchers`.
#[test]
fn a_target_may_be_what_does_not_have_a_value() {
    let rules = [rule("s1=1", "t1!=1", &["e"]), rule("s2=1", "t2=1", &["e"])];
    let firing: [&[_]; 2] = [&[("s1", "1"), ("t1", "2"), ("e", "1")], &[("s2", "1"), ("t2", "1"), ("e", "1")]];
    check(&rules, &firing, &[("t1", "1"), ("e", "1")], None);
    check(&rules, &firing, &[("t2", "1"), ("e", "1")], Some(0));
    check(&rules, &firing, &[("t1", "1"), ("t3", "1"), ("e", "1")], None);
    check(&rules, &firing, &[("t1", "1"), ("t2", "1"), ("e", "1")], Some(1));
    check(&rules, &firing, &[("t1", "0"), ("e", "1")], Some(0));
    check(&rules, &firing, &[("s1", "1"), ("t1", "1"), ("e", "1")], None);
    check(&rules, &firing, &[("s2", "1"), ("t2", "1"), ("e", "1")], Some(0));
    check(&rules, &firing, &[("t1", "1"), ("e", "0")], None);
}

/// `TestInhibit`.
#[test]
fn an_alert_inhibits_while_it_fires() {
    let rules = [rule("s=1", "t=1", &["e"])];
    let (one, two): (&[_], &[_]) = (&[("t", "1"), ("e", "f")], &[("s", "1"), ("e", "f")]);
    check(&rules, &[one], one, None);
    check(&rules, &[one, two], one, Some(0));
    check(&rules, &[one, two], two, None);
}

#[test]
fn an_alert_does_not_inhibit_itself_even_if_its_labels_have_changed_since() {
    let rules = [rule("severity=SEV1", "severity=~\"SEV2|SEV3\"", &["service"])];
    let before = labels(&[("severity", "SEV1"), ("service", "shop")]);
    let after = labels(&[("severity", "SEV2"), ("service", "shop")]);
    let own = Fingerprint::given("own");
    let index = Inhibitors::new(&rules, [(&own, &before)]);
    assert_eq!(index.first(&own, &after), None);
    let (other, third) = (Fingerprint::given("zzz"), Fingerprint::given("aaa"));
    let index = Inhibitors::new(&rules, [(&other, &before), (&own, &before), (&own, &before)]);
    assert_eq!(index.first(&own, &after), Some((&other, 0)));
    let index = Inhibitors::new(&rules, [(&other, &before), (&own, &before), (&third, &before)]);
    assert_eq!(index.first(&own, &after), Some((&third, 0)), "the smallest, whatever the order");
}

proptest! {
    #[test]
    fn the_index_inhibits_what_some_pair_does(
        rules in proptest::collection::vec(
            (of_labels::matchers(), of_labels::matchers(), proptest::collection::btree_set("[abc]", 0..3)), 0..12),
        firing in proptest::collection::vec(of_labels::some_labels(), 0..12),
        target in of_labels::some_labels(),
    ) {
        let rules: Vec<Inhibition> = rules
            .into_iter()
            .map(|(source, target, equal)| Inhibition { name: None, source, target, equal })
            .collect();
        let firing: Vec<(Fingerprint, Labels)> =
            (0..).zip(firing).map(|(n, labels)| (Fingerprint::given(format!("{n:02}")), labels)).collect();
        let index = Inhibitors::new(&rules, firing.iter().map(|(fingerprint, labels)| (fingerprint, labels)));
        let found = index.first(&Fingerprint::given("target"), &target);
        let pair = |rule: &Inhibition| firing.iter().any(|(_, source)| rule.inhibits(source, &target));
        prop_assert_eq!(found.map(|(_, rule)| rule), rules.iter().position(pair));
        if let Some((fingerprint, rule)) = found {
            let (_, source) = firing.iter().find(|(one, _)| one == fingerprint).expect("it fires");
            prop_assert!(rules[rule].inhibits(source, &target));
        }
    }
}
