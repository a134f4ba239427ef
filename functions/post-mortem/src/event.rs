use domain::event::{IncidentEvent, Listener};
use engine::post_mortem::{Written, html_key, markdown_key, write};
use serde_json::{Value, json};
use shell::{Answer, Failure, Function, Invocation, Record, incident_event, messages, now};

/// Each message is an event about an incident.
pub(crate) async fn handle(function: &Function, invocation: Invocation) -> Result<Answer, Failure> {
    let mut answers = Vec::new();
    for message in messages(&invocation.payload)? {
        answers.push(write_for(function, &incident_event(&message)?).await?);
    }
    let body = if answers.len() == 1 { answers.remove(0) } else { json!(answers) };
    Ok(Answer { body, record: Record::default() })
}

async fn write_for(function: &Function, event: &IncidentEvent) -> Result<Value, Failure> {
    let id = &event.incident;
    if !Listener::PostMortem.hears(event.kind) {
        return Ok(json!({ "incident": id, "written": false, "reason": format!("{} asks for none", event.kind) }));
    }
    let setup = function.setup().await?;
    let ports = (&function.store, &function.store, &function.aws);
    let written = write(ports, report::render, setup, id, function.environment.shards, now()).await?;
    Ok(match written {
        Written::Refused(refusal) => json!({ "incident": id, "written": false, "reason": refusal.to_string() }),
        Written::Now { .. } | Written::Before(_) => json!({
            "incident": id, "written": true, "markdown": markdown_key(id), "html": html_key(id),
        }),
    })
}
