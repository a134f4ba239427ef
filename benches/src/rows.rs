//! Rows as the store itself writes them: its requests are caught instead of sent.

use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use domain::event::EventKind;
use engine::port::{Commit, Ledger, OpenPointer};
use serde_json::Value;
use store::Store;
use testkit::sample;

use crate::installation;

#[derive(Debug, Clone, Default)]
struct Caught(Arc<Mutex<Vec<Value>>>);

impl HttpConnector for Caught {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().expect("a transaction is held in memory");
        self.0.lock().expect("no one panics").push(serde_json::from_slice(body).expect("a transaction is JSON"));
        let mut response = HttpResponse::new(200_u16.try_into().expect("a status"), SdkBody::from("{}"));
        response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// Settings of clients whose requests go to `connector`.
pub(crate) fn settings(connector: impl HttpConnector + Clone + 'static) -> SdkConfig {
    let keys = Credentials::new("AKID", "secret", None, None, "bench");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone())))
        .build()
}

/// The row of one incident with a timeline.
pub(crate) async fn incident() -> Value {
    let caught = Caught::default();
    let store = Store::new(settings(caught.clone()), installation::tables(), String::new());
    let incident = sample::notification(EventKind::IncidentResolved, "oncall").incident;
    let commit = Commit {
        announcements: Vec::new(),
        other: None,
        groups: Vec::new(),
        wakes: Vec::new(),
        alerts: Vec::new(),
        now: incident.opened_at,
        incident: Some(incident),
        pointer: OpenPointer::Unchanged,
        events: Vec::new(),
        receipts: Vec::new(),
        target: None,
        serving: None,
        deployment: None,
        post_mortem: None,
        action_items: Vec::new(),
    };
    store.commit(&commit).await.expect("the caught request is answered");
    let caught = caught.0.lock().expect("no one panics");
    caught[0].pointer("/TransactItems/0/Put/Item").expect("an incident is put").clone()
}
