//! What a service writes, as `CloudWatch` reads it.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it expects")]

use std::time::Duration;

use serde_json::{Value, json};
use tocsin_client::{TrackError, Tracker, Unit};

fn written(track: impl Fn(&Tracker<&mut Vec<u8>>)) -> Vec<Value> {
    let mut out = Vec::new();
    track(&Tracker::to("shop-checkout", &mut out).unwrap());
    let text = String::from_utf8(out).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The rules of the published schema of the format.
fn is_sound(line: &Value) {
    let metadata = &line["_aws"];
    let milliseconds = metadata["Timestamp"].as_u64().unwrap();
    assert!(milliseconds > 1_600_000_000_000, "{milliseconds}");
    for directive in metadata["CloudWatchMetrics"].as_array().unwrap() {
        assert!(directive["Namespace"].as_str().is_some_and(|name| !name.is_empty()));
        for name in directive["Dimensions"].as_array().unwrap().iter().flat_map(|set| set.as_array().unwrap()) {
            assert!(line[name.as_str().unwrap()].is_string(), "{line}");
        }
        for metric in directive["Metrics"].as_array().unwrap() {
            assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{line}");
        }
    }
}

#[test]
fn a_business_metric_is_one_line() {
    let lines =
        written(|tracker| tracker.track_business_metric("revenue", 12.5, Unit::None, &[("country", "DE")]).unwrap());
    let [line] = lines.try_into().unwrap();
    is_sound(&line);
    assert_eq!(
        (&line["Service"], &line["country"], &line["revenue"]),
        (&json!("shop-checkout"), &json!("DE"), &json!(12.5))
    );
    let directive = json!({ "Namespace": "Tocsin/Business", "Dimensions": [["Service", "country"]], "Metrics": [{ "Name": "revenue", "Unit": "None" }] });
    assert_eq!(line["_aws"]["CloudWatchMetrics"], json!([directive]));
}

#[test]
fn performance_is_a_duration_a_call_and_perhaps_an_error() {
    for (succeeded, errors) in [(true, 0.0), (false, 1.0)] {
        let lines =
            written(|tracker| tracker.track_performance("price", Duration::from_micros(31_500), succeeded).unwrap());
        let [line] = lines.try_into().unwrap();
        is_sound(&line);
        assert_eq!((&line["Duration"], &line["Calls"], &line["Errors"]), (&json!(31.5), &json!(1.0), &json!(errors)));
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["Service", "Operation"]]));
    }
}

#[test]
fn what_cloudwatch_would_drop_is_refused_and_nothing_is_written() {
    let lines = written(|tracker| {
        let refused = |name: &str, value: f64, dimensions: &[(&str, &str)]| {
            tracker.track_business_metric(name, value, Unit::Count, dimensions).unwrap_err()
        };
        for name in ["", " ", "\n", ":orders", "bestellungen\u{fc}", &"x".repeat(1025)] {
            assert!(matches!(refused(name, 1.0, &[]), TrackError::Name { .. }), "{name:?}");
        }
        for value in [f64::NAN, f64::INFINITY, -f64::INFINITY, 1e300] {
            assert!(matches!(refused("orders", value, &[]), TrackError::Value(_)), "{value}");
        }
        for dimension in [("Service", "other"), ("_aws", "x")] {
            assert!(matches!(refused("orders", 1.0, &[dimension]), TrackError::Dimensions));
        }
        assert!(matches!(refused("Service", 1.0, &[]), TrackError::Dimensions));
        assert!(matches!(refused("orders", 1.0, &[("country", "")]), TrackError::Name { .. }));
        let names: Vec<String> = (0..30).map(|number| format!("d{number}")).collect();
        let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
        assert!(matches!(refused("orders", 1.0, &many), TrackError::Dimensions));
        assert!(tracker.track_business_metric("kept", 1.0, Unit::Count, &many[1..]).is_ok());
    });
    assert_eq!(lines.len(), 1);
    assert!(Tracker::to("", Vec::new()).is_err());
}

#[test]
fn lines_of_threads_do_not_mix() {
    let lines = written(|tracker| {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for number in 0..100 {
                        tracker.track_business_metric("orders", f64::from(number), Unit::Count, &[]).unwrap();
                    }
                });
            }
        });
    });
    assert_eq!(lines.len(), 800);
    lines.iter().for_each(is_sound);
}
