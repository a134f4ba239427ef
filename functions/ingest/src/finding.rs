use domain::alert::{AlertChange, Status};
use domain::id::{Fingerprint, ServiceName};
use domain::incident::Severity;
use domain::label::Labels;
use domain::monitor::Category;
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::owner::{self, AHEAD_MAX, REASON_CHARS_MAX};
use serde_json::Value;
use shell::Failure;

/// The tag of a resource that names its service.
const SERVICE_TAG: &str = "tocsin:service";
const COOLDOWN: Span = Span::DAY;

/// A finding of `GuardDuty` as EventBridge hands it over.
///
/// Source: <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html>
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Finding {
    id: String,
    account: String,
    region: String,
    kind: String,
    severity: f64,
    text: String,
    at: Time,
    archived: bool,
    /// The service that a tag of its resource names.
    tagged: Option<String>,
    function: Option<String>,
}

impl Finding {
    /// `None`: it is something else.
    pub(crate) fn parse(value: &Value) -> Option<Result<Self, Failure>> {
        (value.get("source")?.as_str()? == "aws.guardduty").then(|| Self::of(value))
    }

    fn of(event: &Value) -> Result<Self, Failure> {
        let text = |pointer: &str| {
            let found = event.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            found.ok_or_else(|| Failure::Park(format!("the finding has no text at {pointer}")))
        };
        let severity = event.pointer("/detail/severity").and_then(Value::as_f64);
        let resource = event.pointer("/detail/resource").unwrap_or(&Value::Null);
        let function = resource.pointer("/lambdaDetails/functionName").and_then(Value::as_str);
        Ok(Self {
            id: text("/detail/id")?,
            account: text("/detail/accountId")?,
            region: text("/detail/region")?,
            kind: text("/detail/type")?,
            severity: severity
                .ok_or_else(|| Failure::Park("the finding has no number at /detail/severity".to_owned()))?,
            text: format!("{} {}", text("/detail/title")?, text("/detail/description").unwrap_or_default()),
            at: text("/detail/updatedAt")?
                .parse()
                .map_err(|error| Failure::Park(format!("the finding's /detail/updatedAt: {error}")))?,
            archived: event.pointer("/detail/service/archived").and_then(Value::as_bool).unwrap_or(false),
            tagged: tagged(resource),
            function: function.map(str::to_owned),
        })
    }

    /// As a change of an alert: it fires until it is archived.
    pub(crate) fn change(self, setup: &Setup, now: Time) -> Result<AlertChange, Failure> {
        if self.at > now + AHEAD_MAX {
            return Err(Failure::Park(format!("the finding was updated at {}, in the future; it is {now}", self.at)));
        }
        let status = if self.archived { Status::Resolved } else { Status::Firing };
        Ok(AlertChange {
            fingerprint: Fingerprint::derive(&["guardduty", &self.account, &self.region, &self.id]),
            service: self.service(setup),
            category: Category::Technical,
            status,
            severity: severity(self.severity),
            at: self.at,
            reason: self.text.trim().chars().take(REASON_CHARS_MAX).collect(),
            reading: None,
            cooldown: COOLDOWN,
            ends_at: None,
            labels: Labels::from([
                ("source".to_owned(), "guardduty".to_owned()),
                ("account".to_owned(), self.account),
                ("region".to_owned(), self.region),
                ("finding".to_owned(), self.id),
            ]),
            name: self.kind,
        })
    }

    /// The service that its resource's tag names, else the one that has its Lambda function.
    fn service(&self, setup: &Setup) -> ServiceName {
        let named = owner::named(setup, self.tagged.as_deref());
        let found = named.or_else(|| owner::of_function(setup, self.function.as_deref()?));
        found.map_or_else(owner::unassigned, |service| service.name.clone())
    }
}

/// Source: <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html>
fn severity(number: f64) -> Severity {
    match number {
        9.0.. => Severity::Sev1,
        7.0.. => Severity::Sev2,
        4.0.. => Severity::Sev3,
        _ => Severity::Sev4,
    }
}

/// The value of the service's tag, wherever below `resource` tags stand: each kind of resource has them elsewhere.
fn tagged(resource: &Value) -> Option<String> {
    match resource {
        Value::Object(fields) if fields.get("key").and_then(Value::as_str) == Some(SERVICE_TAG) => {
            fields.get("value").and_then(Value::as_str).map(str::to_owned)
        }
        Value::Object(fields) => fields.values().find_map(tagged),
        Value::Array(items) => items.iter().find_map(tagged),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    fn sample() -> Value {
        serde_json::from_str(include_str!("../../../events/ingest/eventbridge-finding.json")).unwrap()
    }

    pub(crate) fn setup() -> Setup {
        let service = |name: &str, function: &str| {
            json!({"name": name, "owner": "t", "critical": false, "depends_on": [], "series": [],
                "resources": [{"kind": "lambda-alias", "function": function, "alias": "live"}]})
        };
        let services = [service("shop", "shop-checkout"), service("cart", "cart")];
        serde_json::from_value(json!({
            "sources": [], "services": services, "series": [], "monitors": [], "runbooks": [], "response_enabled": true,
            "channels": [], "look_back": "10m", "post_mortem_severities": [], "default_owner": "t",
            "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
        }))
        .unwrap()
    }

    fn change(event: &Value) -> Result<AlertChange, Failure> {
        Finding::parse(event).unwrap()?.change(&setup(), "2026-01-31T15:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_finding_fires_until_it_is_archived() {
        let found = change(&sample()).unwrap();
        assert_eq!((found.status, found.severity, found.service.as_str()), (Status::Firing, Severity::Sev2, "shop"));
        assert_eq!(found.name, "UnauthorizedAccess:Lambda/TorClient");
        assert!(
            found.reason.starts_with("The Lambda function shop-checkout is making connections"),
            "{}",
            found.reason
        );
        let mut archived = sample();
        archived["detail"]["service"]["archived"] = json!(true);
        let resolved = change(&archived).unwrap();
        assert_eq!((resolved.status, resolved.fingerprint), (Status::Resolved, found.fingerprint));
    }

    #[test]
    fn a_tag_of_its_resource_names_the_service() {
        let mut event = sample();
        let tags = json!([{"key": "team", "value": "x"}, {"key": "tocsin:service", "value": "cart"}]);
        event["detail"]["resource"] =
            json!({"resourceType": "S3Bucket", "s3BucketDetails": [{"name": "b", "tags": tags}]});
        assert_eq!(change(&event).unwrap().service.as_str(), "cart");
        event["detail"]["resource"] = json!({"resourceType": "AccessKey"});
        assert_eq!(change(&event).unwrap().service.as_str(), "unassigned");
    }

    #[test]
    fn severities_are_guarddutys() {
        for (number, expected) in
            [(9.5, Severity::Sev1), (8.9, Severity::Sev2), (6.9, Severity::Sev3), (3.9, Severity::Sev4)]
        {
            assert_eq!(severity(number), expected, "{number}");
        }
    }

    #[test]
    fn what_is_incomplete_is_parked_with_the_reason() {
        for (field, reason) in [
            ("severity", "no number at /detail/severity"),
            ("id", "no text at /detail/id"),
            ("updatedAt", "/detail/updatedAt"),
        ] {
            let mut event = sample();
            event["detail"][field] = json!("x y");
            if field == "id" {
                event["detail"][field] = json!(1);
            }
            let Err(Failure::Park(found)) = change(&event) else { panic!("{field}") };
            assert!(found.contains(reason), "{field}: {found}");
        }
        let mut event = sample();
        event["detail"]["updatedAt"] = json!("2027-01-31T14:18:41Z");
        let Err(Failure::Park(found)) = change(&event) else { panic!("the future") };
        assert!(found.contains("in the future"), "{found}");
        assert!(Finding::parse(&json!({"source": "aws.cloudwatch"})).is_none());
    }
}
