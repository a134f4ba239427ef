//! What goes out and what is kept: events, reports, parked payloads, secrets.

#![allow(clippy::unwrap_used)]

use aws::{Aws, OBJECT_BYTES_MAX, PARKED_INLINE_BYTES_MAX, Parked, Settings, WakeMessage};
use aws_sdk_sqs::types::{Message, QueueAttributeName};
use aws_sdk_ssm::types::ParameterType;
use domain::event::{EVENT_VERSION, EventKind, IncidentEvent};
use domain::id::{EventId, GroupId, IncidentId};
use domain::incident::Severity;
use domain::monitor::Category;
use domain::notification::{Delivery, Secret};
use domain::sample;
use domain::units::{Span, Time};
use engine::port::{Outlet, PortError, Wake};
use notify::message::Words;
use testkit::stack::Stack;

const NOW: Time = Time::from_epoch(1_769_868_180);

/// A bucket, two topics, the queue of wakes and one that belongs to function `ingest`.
async fn world(stack: &Stack) -> Settings {
    let config = stack.config();
    let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
    aws_sdk_s3::Client::from_conf(s3).create_bucket().bucket("things").send().await.unwrap();
    let sns = aws_sdk_sns::Client::new(&config);
    let topic = async |name: &str| sns.create_topic().name(name).send().await.unwrap().topic_arn.unwrap();
    Settings {
        function: "ingest".to_owned(),
        bucket: "things".to_owned(),
        topic_technical: topic("technical").await,
        topic_business: topic("business").await,
        parked_queue_url: queue(stack, "parked").await,
        wakes_url: queue(stack, "wakes").await,
        authorities: None,
    }
}

async fn queue(stack: &Stack, name: &str) -> String {
    let sqs = aws_sdk_sqs::Client::new(&stack.config());
    sqs.create_queue().queue_name(name).send().await.unwrap().queue_url.unwrap()
}

async fn received(stack: &Stack, queue_url: &str) -> Vec<Message> {
    let sqs = aws_sdk_sqs::Client::new(&stack.config());
    let request = sqs.receive_message().queue_url(queue_url).max_number_of_messages(10).message_attribute_names("All");
    request.wait_time_seconds(1).send().await.unwrap().messages.unwrap_or_default()
}

/// A queue that gets the messages of a topic that pass the filter.
async fn subscribed(stack: &Stack, topic: &str, filter: &str) -> String {
    subscribed_as(stack, topic, ("RawMessageDelivery", "true"), filter).await
}

async fn subscribed_as(stack: &Stack, topic: &str, raw: (&str, &str), filter: &str) -> String {
    let url = queue(stack, &format!("of-{}", topic.rsplit(':').next().unwrap())).await;
    let sqs = aws_sdk_sqs::Client::new(&stack.config());
    let arn = sqs.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::QueueArn);
    let arn = arn.send().await.unwrap().attributes.unwrap()[&QueueAttributeName::QueueArn].clone();
    let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
    }]});
    let allowed = sqs.set_queue_attributes().queue_url(&url);
    allowed.attributes(QueueAttributeName::Policy, policy.to_string()).send().await.unwrap();
    aws_sdk_sns::Client::new(&stack.config())
        .subscribe()
        .topic_arn(topic)
        .protocol("sqs")
        .endpoint(arn)
        .attributes(raw.0, raw.1)
        .attributes("FilterPolicy", filter)
        .send()
        .await
        .unwrap();
    url
}

fn event(kind: EventKind, category: Category) -> IncidentEvent {
    IncidentEvent {
        by_alert: false,
        worse_than: None,
        telling: None,
        version: EVENT_VERSION,
        id: EventId::derive(&[kind.as_str()]),
        kind,
        at: NOW,
        incident: IncidentId::derive(&["a"]),
        service: "shop-checkout".parse().unwrap(),
        severity: Severity::Sev2,
        category,
        summary: "error rate 37.5 %".to_owned(),
        action: None,
        notification: None,
    }
}

#[tokio::test]
async fn events_reach_the_subscribers_of_their_topic_that_filter_for_them() {
    let stack = Stack::start();
    let settings = world(&stack).await;
    let filter = r#"{"kind":["incident.opened"],"severity":["SEV1","SEV2"],"service":["shop-checkout"]}"#;
    let technical = subscribed(&stack, &settings.topic_technical, filter).await;
    let business = subscribed(&stack, &settings.topic_business, r#"{"category":["business"]}"#).await;
    let aws = Aws::new(stack.config(), settings);
    let told = event(EventKind::IncidentOpened, Category::Technical);
    aws.publish(&told).await.unwrap();
    aws.publish(&event(EventKind::IncidentResolved, Category::Technical)).await.unwrap();
    let sold = event(EventKind::IncidentResolved, Category::Business);
    aws.publish(&sold).await.unwrap();
    for (queue, expected) in [(technical, told), (business, sold)] {
        let bodies = received(&stack, &queue).await.into_iter().map(|message| message.body.unwrap());
        let events: Vec<IncidentEvent> = bodies.map(|body| serde_json::from_str(&body).unwrap()).collect();
        assert_eq!(events, [expected]);
    }
}

#[tokio::test]
async fn a_wake_comes_when_its_time_has_come() {
    let stack = Stack::start();
    let settings = world(&stack).await;
    let queue = settings.wakes_url.clone();
    let aws = Aws::new(stack.config(), settings);
    let [now, soon, late] = [0, 3, 86_400].map(|after| (Wake::Group(GroupId::derive(&[&after.to_string()])), after));
    for (wake, after) in [&now, &soon, &late] {
        aws.wake(wake, Span::from_seconds(*after)).await.unwrap();
    }
    let mut heard = Vec::new();
    for _ in 0..8 {
        let bodies = received(&stack, &queue).await.into_iter().map(|message| message.body.unwrap());
        heard.extend(bodies.map(|body| serde_json::from_str::<WakeMessage>(&body).unwrap().wake));
        assert!(heard.len() != 1 || heard[0] == now.0);
    }
    assert_eq!(heard, [now.0, soon.0], "what is far off waits as long as the queue can hold it");
}

#[tokio::test]
async fn a_topic_that_is_gone_is_a_refusal() {
    let stack = Stack::start();
    let mut settings = world(&stack).await;
    settings.topic_technical.push_str("-gone");
    let aws = Aws::new(stack.config(), settings);
    let error = aws.publish(&event(EventKind::IncidentOpened, Category::Technical)).await.unwrap_err();
    assert!(matches!(error, PortError::Denied { service: "SNS", .. }), "{error}");
}

#[tokio::test]
async fn texts_are_archived_replaced_and_read() {
    let stack = Stack::start();
    let settings = world(&stack).await;
    let aws = Aws::new(stack.config(), settings);
    for text in ["# Post-mortem", "# Post-mortem, twice"] {
        aws.archive("post-mortems/a/post-mortem.md", "text/markdown", text.into()).await.unwrap();
        assert_eq!(aws.text("post-mortems/a/post-mortem.md").await.as_deref(), Ok(text));
    }
    let missing = aws.text("nothing").await.unwrap_err();
    assert!(matches!(missing, PortError::Denied { service: "S3", .. }), "{missing}");
    for (body, fine) in
        [(vec![b'x'; OBJECT_BYTES_MAX], true), (vec![b'x'; OBJECT_BYTES_MAX + 1], false), (vec![0xff, 0xfe], false)]
    {
        aws.archive("config/tocsin.yaml", "text/yaml", body).await.unwrap();
        let read = aws.text("config/tocsin.yaml").await;
        assert_eq!(read.is_ok(), fine);
        assert!(fine || matches!(read, Err(PortError::Unreadable { .. })));
    }
}

#[tokio::test]
async fn bad_payloads_are_parked_whole() {
    let stack = Stack::start();
    let settings = world(&stack).await;
    let queue = settings.parked_queue_url.clone();
    let aws = Aws::new(stack.config(), settings);
    let small = "{\"version\": 9}\u{1f514}";
    assert_eq!(aws.park(small.as_bytes(), "unknown version 9", NOW).await, Ok(Parked::Queue));
    let message = received(&stack, &queue).await.remove(0);
    assert_eq!(message.body(), Some(small));
    let attributes = message.message_attributes().unwrap();
    let attribute = |name: &str| attributes[name].string_value().unwrap();
    assert_eq!(attribute("reason"), "unknown version 9");
    assert_eq!(attribute("function"), "ingest");
    assert_eq!(attribute("at"), NOW.to_string());

    let full = vec![b'x'; PARKED_INLINE_BYTES_MAX];
    assert_eq!(aws.park(&full, &"\u{1f514}".repeat(5000), NOW).await, Ok(Parked::Queue));
    let large = vec![b'x'; 10 * 1024 * 1024];
    let Ok(Parked::Bucket(key)) = aws.park(&large, "10 MB", NOW).await else { panic!("it does not fit the queue") };
    assert_eq!(aws.text(&key).await.unwrap().as_bytes(), large);
    assert_eq!(aws.park(&large, "10 MB", NOW).await, Ok(Parked::Bucket(key.clone())), "a redelivery");
    let told = received(&stack, &queue).await;
    assert!(told.iter().any(|message| message.body().unwrap().contains(&key)));
}

#[tokio::test]
async fn secrets_are_read_from_both_stores_and_kept() {
    let stack = Stack::start();
    let aws = Aws::new(stack.config(), Settings::default());
    let ssm = aws_sdk_ssm::Client::new(&stack.config());
    let parameter = ssm.put_parameter().name("/tocsin/token").value("hunter2").r#type(ParameterType::SecureString);
    parameter.send().await.unwrap();
    let manager = aws_sdk_secretsmanager::Client::new(&stack.config());
    manager.create_secret().name("hook").secret_string("s3cret").send().await.unwrap();

    let token = Secret::Ssm("/tocsin/token".to_owned());
    assert_eq!(aws.secret(&token).await.unwrap().reveal(), "hunter2");
    let hook = Secret::SecretsManager("hook".to_owned());
    assert_eq!(aws.secret(&hook).await.unwrap().reveal(), "s3cret");
    ssm.delete_parameter().name("/tocsin/token").send().await.unwrap();
    assert_eq!(aws.secret(&token).await.unwrap().reveal(), "hunter2", "it is kept");
    aws.forget_secret(&token);
    for gone in [token, Secret::SecretsManager("nothing".to_owned())] {
        let error = aws.secret(&gone).await.unwrap_err();
        assert!(matches!(error, PortError::Denied { .. }), "{error}");
        assert!(!error.to_string().contains("hunter2"));
    }
}

#[tokio::test]
async fn whoever_subscribes_to_a_topic_of_a_channel_reads_a_mail() {
    let stack = Stack::start();
    let sns = aws_sdk_sns::Client::new(&stack.config());
    let topic = sns.create_topic().name("incidents").send().await.unwrap().topic_arn.unwrap();
    let filter = r#"{"severity":["SEV1","SEV2"],"kind":["incident.opened"]}"#;
    let url = subscribed_as(&stack, &topic, ("RawMessageDelivery", "false"), filter).await;
    let aws = Aws::new(stack.config(), Settings::default());
    let tell = async |kind: EventKind, topic: &str| {
        let notice = notify::message::sns(&sample::notification(kind, "subscribers"), &Words::default());
        aws.send_notice(&topic.parse().unwrap(), (&notice.subject, &notice.text), &notice.attributes).await
    };
    for kind in [EventKind::IncidentOpened, EventKind::IncidentResolved] {
        let taken = tell(kind, &topic).await;
        assert!(matches!(&taken, Delivery::Accepted { answer, .. } if answer.starts_with("SNS took it")), "{taken:?}");
    }
    let [message] = &received(&stack, &url).await[..] else { panic!("one passes the filter") };
    let mail: serde_json::Value = serde_json::from_str(message.body().unwrap()).unwrap();
    assert_eq!(mail["Subject"], "[SEV2] shop-checkout-error-rate on shop-checkout");
    let text = mail["Message"].as_str().unwrap();
    assert!(text.contains("errors / requests 37.5 % (limit > 10 %)") && text.contains("Open the incident: "), "{text}");
    let refused = tell(EventKind::IncidentOpened, &topic.replace("incidents", "nowhere")).await;
    assert!(matches!(&refused, Delivery::Refused { answer } if answer.starts_with("SNS: ")), "{refused:?}");
}
