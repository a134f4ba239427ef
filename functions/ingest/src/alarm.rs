use std::collections::{BTreeMap, BTreeSet};

use domain::alert::{AlertChange, Status};
use domain::id::{Fingerprint, ServiceName};
use domain::incident::Severity;
use domain::label::{ALERT_NAME, CATEGORY, CORRELATION, Labels, SERVICE, SEVERITY};
use domain::monitor::Category;
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::owner::{self, AHEAD_MAX, REASON_CHARS_MAX};
use serde_json::Value;
use shell::Failure;

const COOLDOWN: Span = Span::from_minutes(10);
const SOURCE: &str = "source";
const REGION: &str = "region";
const ACCOUNT: &str = "account";
/// Labels that no dimension can be: they say where the alarm came from, and what it belongs to.
const OURS: [&str; 8] = [SOURCE, REGION, ACCOUNT, ALERT_NAME, SERVICE, SEVERITY, CATEGORY, CORRELATION];

/// A CloudWatch alarm that changed, whichever of its three shapes it came in.
///
/// Sources: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>,
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html>
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Alarm {
    /// `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`. What stands in for CloudWatch may leave it out.
    pub arn: Option<String>,
    pub name: String,
    pub description: String,
    pub state: String,
    pub reason: String,
    pub at: Time,
    /// Of all its metrics; the metrics of one expression may differ.
    pub dimensions: BTreeMap<String, BTreeSet<String>>,
}

impl Alarm {
    /// EventBridge's and the direct action's shape nest the alarm under `detail` or `alarmData`; SNS has it flat.
    pub(crate) fn parse(value: &Value) -> Option<Result<Self, Failure>> {
        let nested = value.get("detail").or_else(|| value.get("alarmData"));
        match nested {
            Some(alarm) if alarm.get("alarmName").is_some() => Some(Self::nested(value, alarm)),
            None if value.get("AlarmName").is_some() => Some(Self::flat(value)),
            _ => None,
        }
    }

    fn nested(event: &Value, alarm: &Value) -> Result<Self, Failure> {
        let dimensions =
            list(alarm, "/configuration/metrics").filter_map(|m| m.pointer("/metricStat/metric/dimensions"));
        let pairs = dimensions.filter_map(Value::as_object).flatten();
        let arn = text(event, "/alarmArn").or_else(|_| text(event, "/resources/0"));
        Ok(Self {
            arn: arn.ok(),
            name: text(alarm, "/alarmName")?,
            description: text(alarm, "/configuration/description").unwrap_or_default(),
            state: text(alarm, "/state/value")?,
            reason: text(alarm, "/state/reason").unwrap_or_default(),
            at: time(&text(alarm, "/state/timestamp")?)?,
            dimensions: by_name(pairs.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))),
        })
    }

    fn flat(alarm: &Value) -> Result<Self, Failure> {
        let of_metrics =
            list(alarm, "/Trigger/Metrics").flat_map(|metric| list(metric, "/MetricStat/Metric/Dimensions"));
        let pairs = list(alarm, "/Trigger/Dimensions").chain(of_metrics);
        Ok(Self {
            arn: text(alarm, "/AlarmArn").ok(),
            name: text(alarm, "/AlarmName")?,
            description: text(alarm, "/AlarmDescription").unwrap_or_default(),
            state: text(alarm, "/NewStateValue")?,
            reason: text(alarm, "/NewStateReason").unwrap_or_default(),
            at: time(&text(alarm, "/StateChangeTime")?)?,
            dimensions: by_name(pairs.filter_map(|pair| Some((pair["name"].as_str()?, pair["value"].as_str()?)))),
        })
    }

    /// As a change of an alert; `INSUFFICIENT_DATA` neither fires nor resolves.
    pub(crate) fn change(self, setup: &Setup, now: Time) -> Result<AlertChange, Failure> {
        let status = match self.state.as_str() {
            "ALARM" => Status::Firing,
            "OK" => Status::Resolved,
            "INSUFFICIENT_DATA" => Status::Pending,
            other => {
                return Err(Failure::Park(format!("state {other:?} is none of ALARM, OK, INSUFFICIENT_DATA")));
            }
        };
        if self.at > now + AHEAD_MAX {
            return Err(Failure::Park(format!("the alarm changed at {}, in the future; it is {now}", self.at)));
        }
        let severity = tagged(&self.description, "severity").and_then(|text| text.parse().ok());
        let service = self.service(setup);
        Ok(AlertChange {
            // Alarms of several regions and accounts have equal names where one template makes them all.
            fingerprint: Fingerprint::derive(&["cloudwatch-alarm", self.arn.as_ref().unwrap_or(&self.name)]),
            service,
            category: Category::Technical,
            status,
            severity: severity.unwrap_or(Severity::Sev3),
            at: self.at,
            reason: self.reason.chars().take(REASON_CHARS_MAX).collect(),
            reading: None,
            cooldown: COOLDOWN,
            ends_at: None,
            labels: self.labels(),
            name: self.name,
        })
    }

    /// Where it comes from, and each dimension that all its metrics have in common.
    fn labels(&self) -> Labels {
        let mut labels = Labels::from([(SOURCE.to_owned(), "cloudwatch-alarm".to_owned())]);
        let parts = self.arn.iter().flat_map(|arn| arn.split(':').skip(3));
        labels.extend([REGION, ACCOUNT].into_iter().zip(parts).map(|(name, part)| (name.to_owned(), part.to_owned())));
        for (name, values) in self.dimensions.iter().filter(|(name, _)| !OURS.contains(&name.as_str())) {
            if let [value] = Vec::from_iter(values)[..] {
                labels.insert(name.clone(), value.clone());
            }
        }
        labels
    }

    /// The service that the description names (`tocsin:service=checkout`), else the one that has the alarm's Lambda
    /// function, else the one whose name the alarm's name contains, the longest first.
    fn service(&self, setup: &Setup) -> ServiceName {
        let tagged = tagged(&self.description, "service");
        let named = owner::named(setup, tagged.as_deref());
        let owner = || self.dimensions.get("FunctionName")?.iter().find_map(|name| owner::of_function(setup, name));
        let contained = || owner::contained(setup, &self.name);
        let found = named.or_else(owner).or_else(contained);
        found.map_or_else(owner::unassigned, |service| service.name.clone())
    }
}

/// The value of `tocsin:<key>=<value>` in an alarm's description.
fn tagged(description: &str, key: &str) -> Option<String> {
    let tag = format!("tocsin:{key}=");
    description.split_whitespace().find_map(|word| word.strip_prefix(&tag)).map(str::to_owned)
}

fn list<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn by_name<'v>(pairs: impl Iterator<Item = (&'v str, &'v str)>) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::<String, BTreeSet<String>>::new();
    for (name, value) in pairs {
        all.entry(name.to_owned()).or_default().insert(value.to_owned());
    }
    all
}

fn text(value: &Value, pointer: &str) -> Result<String, Failure> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| Failure::Park(format!("the alarm has no text at {pointer}")))
}

/// CloudWatch writes `2026-01-31T14:03:00.000+0000`, without the colon that RFC 3339 wants in an offset.
fn time(text: &str) -> Result<Time, Failure> {
    let plain = text.strip_suffix("+0000").map_or_else(|| text.to_owned(), |start| format!("{start}Z"));
    plain.parse().map_err(|error| Failure::Park(format!("the alarm's time: {error}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const EVENTBRIDGE: &str = include_str!("../../../events/ingest/eventbridge-alarm.json");
    const SNS: &str = include_str!("../../../events/ingest/sns-alarm.json");
    const DIRECT: &str = include_str!("../../../events/ingest/direct-alarm.json");

    fn parsed(text: &str) -> Alarm {
        Alarm::parse(&serde_json::from_str(text).unwrap()).unwrap().unwrap()
    }

    #[test]
    fn one_alarm_in_its_three_shapes() {
        let bridged = parsed(EVENTBRIDGE);
        let (name, state) = (bridged.name.as_str(), bridged.state.as_str());
        assert_eq!((name, state), ("shop-checkout-5xx", "ALARM"));
        assert_eq!(bridged.at.to_string(), "2026-01-31T14:06:10Z");
        assert_eq!(bridged.dimensions["ApiId"], BTreeSet::from(["a1b2c3d4e5".to_owned()]));
        assert_eq!(tagged(&bridged.description, "service").as_deref(), Some("shop-checkout"));
        assert_eq!(parsed(DIRECT), bridged);
        let over = parsed(&shell::messages(SNS).unwrap()[0].body);
        let (state, at) = (over.state.as_str(), over.at.to_string());
        assert_eq!((state, at.as_str()), ("OK", "2026-01-31T14:16:10Z"));
        assert_eq!(
            (over.name, over.description, over.dimensions),
            (bridged.name, bridged.description, bridged.dimensions)
        );
    }

    /// The alarm in each shape, in this state.
    fn shapes(state: &str) -> [Value; 3] {
        let mut shapes = [EVENTBRIDGE, DIRECT].map(|text| serde_json::from_str::<Value>(text).unwrap());
        shapes[0]["detail"]["state"]["value"] = state.into();
        shapes[1]["alarmData"]["state"]["value"] = state.into();
        let mut flat: Value = serde_json::from_str(&shell::messages(SNS).unwrap()[0].body).unwrap();
        flat["NewStateValue"] = state.into();
        let [bridged, direct] = shapes;
        [bridged, direct, flat]
    }

    #[test]
    fn three_states_in_three_shapes() {
        let setup = crate::finding::tests::setup();
        let now = "2026-01-31T15:00:00Z".parse().unwrap();
        for (state, expected) in
            [("ALARM", Status::Firing), ("OK", Status::Resolved), ("INSUFFICIENT_DATA", Status::Pending)]
        {
            let changes =
                shapes(state).map(|shape| Alarm::parse(&shape).unwrap().unwrap().change(&setup, now).unwrap());
            for change in &changes {
                assert_eq!((change.status, &change.fingerprint), (expected, &changes[0].fingerprint), "{state}");
                assert_eq!((change.severity, change.ends_at), (changes[0].severity, None), "{state}");
            }
        }
        for shape in shapes("SLEEPY") {
            let Err(Failure::Park(reason)) = Alarm::parse(&shape).unwrap().unwrap().change(&setup, now) else {
                panic!("{shape}")
            };
            assert!(reason.contains("\"SLEEPY\" is none of ALARM, OK, INSUFFICIENT_DATA"), "{reason}");
        }
    }

    #[test]
    fn alarms_of_one_name_are_one_alert_only_where_they_are_one_alarm() {
        let setup = crate::finding::tests::setup();
        let here = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:shop-checkout-5xx";
        let fingerprints = |arn: &str| {
            let [mut bridged, mut direct, mut flat] = shapes("ALARM");
            bridged["resources"][0] = arn.into();
            direct["alarmArn"] = arn.into();
            flat["AlarmArn"] = arn.into();
            [bridged, direct, flat].map(|shape| {
                let now = "2026-01-31T15:00:00Z".parse().unwrap();
                Alarm::parse(&shape).unwrap().unwrap().change(&setup, now).unwrap().fingerprint
            })
        };
        let all: BTreeSet<_> = [
            here,
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-checkout-5xx",
            "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:shop-checkout-5xx",
        ]
        .into_iter()
        .flat_map(fingerprints)
        .collect();
        assert_eq!(all.len(), 3);
        let [mut bridged, ..] = shapes("ALARM");
        bridged["resources"] = json!([]);
        let alarm = Alarm::parse(&bridged).unwrap().unwrap();
        assert_eq!(alarm.labels().keys().collect::<Vec<_>>(), ["ApiId", "source"], "it is taken all the same");
    }

    /// An alarm over an expression of several metrics, in its three shapes.
    #[test]
    fn dimensions_that_all_metrics_have_in_common_are_labels() {
        let metrics = [
            json!({ "FunctionName": "shop-checkout-worker", "Resource": "a", "source": "x", "correlation": "y" }),
            json!({ "FunctionName": "shop-checkout-worker", "Resource": "b" }),
        ];
        let [mut bridged, mut direct, mut flat] = shapes("ALARM");
        let nested = metrics.iter().map(|of| json!({ "id": "m", "metricStat": { "metric": { "dimensions": of } } }));
        let nested = [json!({ "id": "e", "expression": "m1 / m2" })].into_iter().chain(nested).collect::<Vec<_>>();
        bridged["detail"]["configuration"]["metrics"] = nested.clone().into();
        direct["alarmData"]["configuration"]["metrics"] = nested.into();
        let pairs = |of: &Value| {
            let pairs = of.as_object().unwrap().iter().map(|(name, value)| json!({ "name": name, "value": value }));
            json!({ "Id": "m", "MetricStat": { "Metric": { "Dimensions": pairs.collect::<Vec<_>>() } } })
        };
        flat["Trigger"] =
            json!({ "Metrics": [{ "Id": "e", "Expression": "m1 / m2" }, pairs(&metrics[0]), pairs(&metrics[1])] });
        let setup = crate::finding::tests::setup();
        for shape in [bridged, direct, flat] {
            let alarm = Alarm::parse(&shape).unwrap().unwrap();
            let change = alarm.change(&setup, "2026-01-31T15:00:00Z".parse().unwrap()).unwrap();
            let labels = [
                ("source", "cloudwatch-alarm"),
                ("region", "eu-central-1"),
                ("account", "123456789012"),
                ("FunctionName", "shop-checkout-worker"),
            ];
            assert_eq!(
                change.labels,
                labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect()
            );
        }
    }

    #[test]
    fn what_is_no_alarm_is_not_taken_for_one() {
        for text in ["{}", "[]", "null", "1", r#"{"detail":{}}"#, r#"{"detail":1}"#] {
            assert!(Alarm::parse(&serde_json::from_str(text).unwrap()).is_none(), "{text}");
        }
    }
}
