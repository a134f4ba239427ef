use std::collections::BTreeMap;

use domain::metric::{Query, Series};
use domain::monitor::{Condition, Limit, Monitor, Signal};
use domain::setup::Setup;
use proptest::prelude::*;

use crate::sound::read;

/// A number that a person might write.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![(-1000i32..1000).prop_map(f64::from), any::<f64>().prop_filter("finite", |n| n.is_finite())]
}

/// Text that YAML could misread.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        "[ -~]{1,12}",
        Just("null".to_owned()),
        Just("yes".to_owned()),
        Just("0123".to_owned()),
        Just("\u{e4}\u{1f600}\n".to_owned()),
    ]
}

#[derive(Clone, Debug)]
struct Written {
    critical: bool,
    dimensions: BTreeMap<String, String>,
    owner: String,
    statistic: &'static str,
    period: u32,
    pace: Option<u32>,
    unit: &'static str,
    above: f64,
    gap: f64,
    of: u32,
    breaching: u32,
    labels: BTreeMap<String, String>,
}

prop_compose! {
    fn written()(
        critical: bool,
        dimensions in prop::collection::btree_map("[A-Za-z]{1,8}", text(), 0..4),
        owner in text(),
        statistic in prop::sample::select(vec!["Sum", "Average", "Maximum", "p99.9"]),
        period in prop::sample::select(vec![10u32, 20, 30, 60, 120, 3600]),
        pace in prop::option::of(prop::sample::select(vec![1u32, 5, 10, 60])),
        unit in prop::sample::select(vec!["count", "seconds", "mebibytes", "dollars"]),
        above in number(),
        gap in 0.0..100.0f64,
        of in 1..200u32,
        breaching in 1..200u32,
        labels in prop::collection::btree_map("[a-z]{1,8}", text(), 0..4),
    ) -> Written {
        Written { critical, dimensions, owner, statistic, period, pace, unit, above, gap, of, breaching: breaching.min(of), labels }
    }
}

/// JSON is YAML, and quotes whatever needs it.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("text and numbers are JSON")
}

impl Written {
    fn service(&self, index: usize) -> String {
        let pace = self.pace.map(|minutes| format!(", pace: {minutes}m")).unwrap_or_default();
        format!(
            "  - name: s{index}\n    owner: {}\n    critical: {}\n    series:\n      - {{ name: m, source: cw, namespace: N, metric: M, \
             dimensions: {}, statistic: {}, period: {}s, unit: {}{pace} }}\n",
            json(&self.owner),
            self.critical,
            json(&self.dimensions),
            self.statistic,
            self.period,
            self.unit
        )
    }

    fn monitor(&self, index: usize) -> String {
        format!(
            "  - name: m{index}\n    service: s{index}\n    signal: {{ series: m }}\n    conditions:\n      - {{ severity: SEV2, when: \"> {}\", \
             recover: \"< {}\" }}\n    datapoints: {{ breaching: {}, of: {} }}\n    labels: {}\n",
            self.above,
            self.above - self.gap,
            self.breaching,
            self.of,
            json(&self.labels)
        )
    }

    fn is_in(&self, setup: &Setup, index: usize) {
        let service = &setup.services[index];
        assert_eq!((&service.owner, service.critical), (&self.owner, self.critical));
        let Series { query, period, pace, unit, .. } = &setup.series[index];
        let Query::CloudWatch { dimensions, statistic, .. } = query else { panic!("{query:?}") };
        assert_eq!((dimensions, statistic.to_string().as_str()), (&self.dimensions, self.statistic));
        assert_eq!((period.seconds(), json(unit)), (self.period, json(&self.unit)));
        assert_eq!(pace.seconds(), self.pace.unwrap_or(if self.critical { 1 } else { 5 }) * 60);
        let Monitor { signal, factor, conditions, window, labels, .. } = &setup.monitors[index];
        assert_eq!((signal, *factor), (&Signal::Series(setup.series[index].id.clone()), 1.0));
        let [Condition { when: Limit { threshold, .. }, recover: Some(recover), .. }] = &conditions[..] else {
            panic!("{conditions:?}")
        };
        assert_eq!((*threshold, recover.threshold), (self.above, self.above - self.gap));
        assert_eq!((window.breaching, window.of, &**labels), (self.breaching, self.of, &self.labels));
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read(all in prop::collection::vec(written(), 1..5)) {
        let mut yaml = "version: 1\nsources: [ { name: cw, kind: cloudwatch } ]\nservices:\n".to_owned();
        yaml.extend(all.iter().enumerate().map(|(index, one)| one.service(index)));
        yaml += "monitors:\n";
        yaml.extend(all.iter().enumerate().map(|(index, one)| one.monitor(index)));
        let setup = read(&yaml).unwrap_or_else(|mistakes| panic!("{mistakes}\n{yaml}"));
        for (index, one) in all.iter().enumerate() {
            one.is_in(&setup, index);
        }
    }
}
