//! Monitored events through all rules, against their history, with rules of a team's own.

use std::hint::black_box;
use std::time::Instant;

use domain::id::MonitoredEventId;
use domain::monitored::{Event, History, Rule, Rules, Standing};
use domain::units::Time;
use serde_json::{Value, json};

use crate::table::{Table, Verdict};

const EVENTS: usize = 200_000;
const EVENTS_A_SECOND_MIN: f64 = 50_000.0;

/// Judges and learns; prints events a second.
pub(crate) fn measure() {
    println!(
        "\nMonitored events, judged against limits, contradictions, silence and their history, and learned from, on one core"
    );
    let mut table = Table::new(&["rules", "thousand a second"]);
    for (name, own) in [("those that always hold", 0), ("and 1 of a team's own", 1), ("and 10", 10)] {
        let rules = Rules { own: (0..own).map(rule).collect(), ..Rules::default() };
        table.row(&[name.to_owned(), Verdict::at_least(rate(&rules) / 1e3, EVENTS_A_SECOND_MIN / 1e3).to_string()]);
    }
    table.print();
}

fn rate(rules: &Rules) -> f64 {
    let events: Vec<Event> = (0..1000).map(event).collect();
    let mut history = History::new(events[0].source.clone(), events[0].event_type.clone());
    let began = Instant::now();
    for number in 0..EVENTS {
        let event = &events[number % events.len()];
        let (verdict, learned) = rules.judge_and_learn(event, Standing { history: &history, hours: &[] });
        black_box(verdict);
        history = learned;
    }
    EVENTS as f64 / began.elapsed().as_secs_f64()
}

/// An event of a dozen fields, as an API reports its answers; one in fifty is wrong.
fn event(number: usize) -> Event {
    let data = json!({
        "response_time": if number.is_multiple_of(50) { 6000 } else { 200 + number % 97 }, "status_code": 200, "method": "POST",
        "path": "/v1/orders", "output": "success", "items_returned": number % 60, "cpu_usage": 40 + number % 13,
        "memory_usage": 55, "amount": number as f64 / 7.0, "customer": { "id": number, "country": "DE" }, "retries": 0,
    });
    let Value::Object(data) = data else { unreachable!("it is written as an object") };
    Event {
        id: MonitoredEventId::derive(&[&number.to_string()]),
        source: "orders".parse().expect("it is a name"),
        event_type: "response".parse().expect("it is a name"),
        data,
        metadata: serde_json::Map::new(),
        at: Time::from_epoch(1_790_000_000 + i64::try_from(number).expect("it is small")),
    }
}

fn rule(number: usize) -> Rule {
    Rule {
        name: format!("rule-{number}"),
        sources: Vec::new(),
        event_types: vec!["response".parse().expect("it is a name")],
        when: format!("data.amount > {}.0 && data.customer.country != 'DE' && !has(data.refund)", 100 + number)
            .parse()
            .expect("it is a condition"),
        severity: 0.8,
        decision: domain::monitored::Decision::Escalate,
        reason: "it is large".to_owned(),
        suggestion: String::new(),
    }
}
