//! Incidents as text.

use std::fmt::Write;

use serde_json::Value;

/// One line for each of a list.
pub(super) fn list(answer: &Value) -> String {
    let all = array(answer, "items");
    if all.is_empty() {
        return "There are no such incidents.\n".to_owned();
    }
    let mut text = String::new();
    for incident in all {
        let goes_on = incident["merged_into"].as_str().map(|into| format!("; goes on in {into}")).unwrap_or_default();
        let (id, since) = (of(incident, "id"), of(incident, "opened_at"));
        line(&mut text, &format!("{id} {}, since {since}{goes_on}", standing(incident)));
    }
    if answer["cursor"].is_string() {
        line(&mut text, "There are more; ask for one --state.");
    }
    text
}

/// One incident as a page.
pub(super) fn one(incident: &Value) -> String {
    let mut text = String::new();
    line(&mut text, &format!("{} {}", of(incident, "id"), standing(incident)));
    let ended = incident["resolved_at"].as_str().map(|at| format!(", resolved {at}")).unwrap_or_default();
    let holder = incident["taken_by"].as_str().map(|by| format!(", {by} has it")).unwrap_or_default();
    line(&mut text, &format!("Opened {}{ended}{holder}", of(incident, "opened_at")));
    if let Some(into) = incident["goes_on_in"].as_str().or(incident["merged_into"].as_str()) {
        line(&mut text, &format!("It was merged and goes on in {into}"));
    }
    let covers: Vec<_> = array(incident, "covers").iter().map(|one| place(one, "key")).collect();
    if !covers.is_empty() {
        line(&mut text, &format!("It covers {} beside {}", covers.join(", "), of(incident, "service")));
    }
    let alerts = array(incident, "alerts").iter().map(|alert| {
        let [name, service, severity] = ["name", "service", "severity"].map(|field| of(alert, field));
        let (status, since) = (of(alert, "status"), of(alert, "changed_at"));
        format!("{status:<9} {name} on {service} ({severity}) since {since}, {}", of(alert, "fingerprint"))
    });
    section(&mut text, "Alerts", alerts);
    let related = array(incident, "related").iter().map(|other| {
        let by = other["by"].as_str().map(|by| format!(", by {by}")).unwrap_or_default();
        let at = other["at"].as_str().unwrap_or_else(|| of(other, "since"));
        let why = Some(of(other, "why")).filter(|why| !why.is_empty()).map(|why| format!(": {why}"));
        let standing = of(other, "standing");
        format!(
            "{standing:<9} {} ({}) since {at}{by}{}",
            of(other, "incident"),
            of(other, "service"),
            why.unwrap_or_default()
        )
    });
    section(&mut text, "Related", related);
    let actions = array(incident, "actions").iter().map(|action| {
        let [state, summary, id] = ["state", "summary", "id"].map(|field| of(action, field));
        let because = action["because"].as_str().map(|because| format!(" ({because})")).unwrap_or_default();
        format!("{state:<9} {summary}{because}, {id}")
    });
    section(&mut text, "Actions", actions);
    let told = array(incident, "receipts").iter().map(|receipt| {
        let whom = receipt["page"].as_str().unwrap_or_else(|| of(receipt, "channel"));
        let at = receipt["at"].as_str().map(|at| format!(" at {at}")).unwrap_or_default();
        let answer = receipt["answer"].as_str().map(|answer| format!(": {answer}")).unwrap_or_default();
        format!("{:<9} {whom}{at}{answer}", of(receipt, "state"))
    });
    section(&mut text, "Told", told);
    let timeline = array(incident, "timeline").iter().map(|entry| format!("{} {}", of(entry, "at"), of(entry, "text")));
    section(&mut text, "Timeline", timeline);
    text
}

/// How bad, where it stands, and what.
fn standing(incident: &Value) -> String {
    let [severity, state, title] = ["severity", "state", "title"].map(|field| of(incident, field));
    format!("{severity} {state}: {title}")
}

/// A service, with its key if it has one.
fn place(one: &Value, key: &str) -> String {
    let (service, key) = (of(one, "service"), of(one, key));
    if key.is_empty() { service.to_owned() } else { format!("{service} ({key})") }
}

fn section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        line(text, &format!("\n{title}"));
        lines.for_each(|words| line(text, &format!("  {}", words.replace('\n', "\n    "))));
    }
}

fn line(text: &mut String, words: &str) {
    writeln!(text, "{words}").expect("a String takes all");
}

fn of<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

fn array<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn incidents_are_listed_a_line_each() {
        let open = json!({"id": "inc-1", "severity": "SEV2", "state": "triggered", "title": "t", "opened_at": "T"});
        let merged = json!({"id": "inc-2", "severity": "SEV3", "state": "closed", "title": "u", "opened_at": "T",
            "merged_into": "inc-1"});
        let lines = "inc-1 SEV2 triggered: t, since T\ninc-2 SEV3 closed: u, since T; goes on in inc-1\n";
        assert_eq!(list(&json!({"items": [open, merged]})), lines);
        let more = "inc-1 SEV2 triggered: t, since T\nThere are more; ask for one --state.\n";
        assert_eq!(list(&json!({"items": [open], "cursor": "c"})), more);
        assert_eq!(list(&json!({"items": []})), "There are no such incidents.\n");
    }

    #[test]
    fn an_incident_is_a_page() {
        let incident = json!({
            "id": "inc-1", "severity": "SEV2", "state": "acknowledged", "title": "errors on shop", "service": "shop",
            "opened_at": "T0", "taken_by": "ann",
            "covers": [{"service": "payments", "key": ""}, {"service": "payments", "key": "eu"}],
            "alerts": [
                {"name": "errors", "service": "shop", "severity": "SEV2", "status": "firing", "changed_at": "T1", "fingerprint": "alert-1"},
                {"name": "queue", "service": "payments", "severity": "SEV3", "status": "resolved", "changed_at": "T2", "fingerprint": "alert-2"},
            ],
            "related": [
                {"incident": "inc-2", "service": "payments", "why": "shop depends on payments", "since": "T3",
                    "standing": "merged", "at": "T4", "by": "tocsin"},
                {"incident": "inc-3", "service": "cart", "why": "", "since": "T3", "standing": "candidate"},
            ],
            "actions": [
                {"id": "act-1", "state": "awaiting-approval", "summary": "roll shop back"},
                {"id": "act-2", "state": "refused", "summary": "restart shop", "because": "off"},
            ],
            "receipts": [
                {"channel": "ops", "state": "delivered", "at": "T5", "answer": "200"},
                {"channel": "ann.phone", "page": "ann by text message", "state": "sending"},
            ],
            "timeline": [{"at": "T1", "text": "Opened as SEV2"}, {"at": "T2", "text": "ann: two\nlines"}],
        });
        let page = "inc-1 SEV2 acknowledged: errors on shop
Opened T0, ann has it
It covers payments, payments (eu) beside shop

Alerts
  firing    errors on shop (SEV2) since T1, alert-1
  resolved  queue on payments (SEV3) since T2, alert-2

Related
  merged    inc-2 (payments) since T4, by tocsin: shop depends on payments
  candidate inc-3 (cart) since T3

Actions
  awaiting-approval roll shop back, act-1
  refused   restart shop (off), act-2

Told
  delivered ops at T5: 200
  sending   ann by text message

Timeline
  T1 Opened as SEV2
  T2 ann: two
    lines
";
        assert_eq!(one(&incident), page);
        let merged = json!({"id": "inc-2", "severity": "SEV3", "state": "closed", "title": "u", "opened_at": "T0",
            "resolved_at": "T1", "merged_into": "inc-1", "goes_on_in": "inc-0"});
        let page = "inc-2 SEV3 closed: u\nOpened T0, resolved T1\nIt was merged and goes on in inc-0\n";
        assert_eq!(one(&merged), page);
    }
}
