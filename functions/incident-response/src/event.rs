use domain::id::IncidentId;
use engine::raise::raise;
use engine::respond::respond;
use serde_json::{Value, json};
use shell::{Answer, Failure, Function, Invocation, Message, Record, incident_event, messages, now};

use crate::hand_made::alert_change;

/// Each message is an event about an incident, or an alert made by hand.
pub(crate) async fn handle(function: &Function, invocation: Invocation) -> Result<Answer, Failure> {
    let mut answers = Vec::new();
    for message in messages(&invocation.payload)? {
        answers.push(respond_to(function, &message).await?);
    }
    let body = if answers.len() == 1 { answers.remove(0) } else { json!(answers) };
    Ok(Answer { body, record: Record::default() })
}

async fn respond_to(function: &Function, message: &Message) -> Result<Value, Failure> {
    let setup = function.setup().await?;
    let Some(change) = alert_change(message, setup, now())? else {
        let event = incident_event(message)?;
        return answer(function, &event.incident, None).await;
    };
    let raised = raise(&function.store, &function.aws, setup, &change, now()).await?;
    match raised.incident() {
        Some(incident) => answer(function, incident, Some(raised.words())).await,
        None => Ok(json!({ "raised": raised.words() })),
    }
}

async fn answer(function: &Function, incident: &IncidentId, raised: Option<&'static str>) -> Result<Value, Failure> {
    let setup = function.setup().await?;
    let responded = respond(&function.store, &function.aws, &function.aws, setup, incident, now()).await?;
    let mut body = json!(responded);
    if let (Some(raised), Some(members)) = (raised, body.as_object_mut()) {
        members.insert("raised".to_owned(), json!(raised));
    }
    Ok(body)
}
