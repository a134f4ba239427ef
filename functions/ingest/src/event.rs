use std::sync::Arc;

use engine::raise::{Raised, raise};
use serde_json::{Value, json};
use shell::{Answer, Failure, Function, Invocation, Record, messages, now, parse};

use crate::alarm::Alarm;
use crate::finding::Finding;

/// An HTTP request, an SNS event that carries alarms or findings, or one as EventBridge or CloudWatch hands it over.
pub(crate) async fn handle(function: &Arc<Function>, invocation: Invocation) -> Result<Answer, Failure> {
    let value: Value = invocation.parse()?;
    let body = if value.pointer("/requestContext/http").is_some() {
        shell::serve_http(function, &invocation.payload).await?
    } else if value.get("Records").is_some() {
        let mut answers = Vec::new();
        for message in messages(&invocation.payload)? {
            let alarm: Value = parse(&message.body, "the message")?;
            answers.push(changed(function, &alarm).await?);
        }
        if answers.len() == 1 { answers.remove(0) } else { json!(answers) }
    } else {
        changed(function, &value).await?
    };
    Ok(Answer { body, record: Record::default() })
}

async fn changed(function: &Function, value: &Value) -> Result<Value, Failure> {
    let change = if let Some(finding) = Finding::parse(value) {
        finding?.change(function.setup().await?, now())?
    } else if let Some(alarm) = Alarm::parse(value) {
        alarm?.change(function.setup().await?, now())?
    } else {
        let hint = "a CloudWatch alarm change as EventBridge, SNS or a direct action sends it, or a GuardDuty finding";
        return Err(Failure::Park(format!("the payload is nothing that this function knows; it takes {hint}")));
    };
    let raised = raise(&function.store, &function.aws, function.setup().await?, &change, now()).await?;
    Ok(answer(&raised))
}

/// What became of an alert, for whoever sent it.
fn answer(raised: &Raised) -> Value {
    match raised {
        Raised::Committed { incident } => json!({ "raised": true, "incident": incident }),
        Raised::Unchanged { incident, reason } => json!({ "raised": false, "incident": incident, "reason": reason }),
    }
}
