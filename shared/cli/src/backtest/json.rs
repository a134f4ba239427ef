use serde_json::{Value as Json, json};

use super::{Findings, Run};

/// The outcome as one JSON document.
pub(super) fn json(outcome: &Findings) -> String {
    let Findings { from, until, warmed: (warmed, wanted), after, before, met, notes, .. } = outcome;
    let met: Vec<Json> =
        met.iter().map(|met| json!({ "expression": met.text, "found": met.found, "met": met.holds })).collect();
    let mut json = json!({
        "from": from,
        "until": until,
        "weeks": after.report.weeks(),
        "warm_up": { "fed": warmed, "wanted": wanted },
        "after": run(after),
        "fail_on": met,
        "notes": notes,
    });
    if let Some((before, difference)) = before {
        json["before"] = run(before);
        json["difference"] = json!(difference);
    }
    format!("{json:#}\n")
}

fn run(Run { name, report, .. }: &Run) -> Json {
    let mut json = json!(report);
    json["configuration"] = json!(name);
    json
}
