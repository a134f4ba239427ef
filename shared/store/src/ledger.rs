//! Alerts, incidents and all that belongs to them.

mod batch;
mod commit;
mod due;
mod list;
mod rows;
mod write;

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use domain::alert::{Alert, Status};
use domain::deployment::{Announcement, Deployment, Serving};
use domain::event::IncidentEvent;
use domain::group::Group;
use domain::id::{ChannelName, DeploymentId, Fingerprint, GroupId, IncidentId, NotificationId, ServiceName};
use domain::incident::Incident;
use domain::notification::Receipt;
use domain::report::PostMortem;
use domain::service::Resource;
use domain::units::Time;
use engine::port::{Commit, CommitError, Due, Ledger, Page, PortError, Switch, TargetHistory};
use serde::de::DeserializeOwned;

use crate::Store;
use crate::fault::fault;
use crate::item::{Row, body, digits, text};
use list::List;
pub(crate) use rows::wake;

impl Ledger for Store {
    async fn alert(&self, fingerprint: &Fingerprint) -> Result<Option<Alert>, PortError> {
        self.load(&self.tables.alerts, fingerprint.as_str(), None).await
    }

    async fn known_alerts(&self, fingerprints: &[Fingerprint]) -> Result<Vec<Alert>, PortError> {
        self.batch_of_alerts(fingerprints).await
    }

    async fn alerts(&self, status: Status, limit: u32, cursor: Option<String>) -> Result<Page<Alert>, PortError> {
        self.page(&List::alerts(&self.tables, status), limit, cursor).await
    }

    async fn firing(&self, limit: u32, cursor: Option<String>) -> Result<Page<Alert>, PortError> {
        self.page(&List::firing(&self.tables), limit, cursor).await
    }

    async fn group(&self, id: &GroupId) -> Result<Option<Group>, PortError> {
        self.load(&self.tables.alerts, id.as_str(), None).await
    }

    async fn incident(&self, id: &IncidentId) -> Result<Option<Incident>, PortError> {
        self.load(&self.tables.incidents, id.as_str(), Some(rows::INCIDENT)).await
    }

    async fn incidents(&self, limit: u32, cursor: Option<String>) -> Result<Page<Incident>, PortError> {
        self.page(&List::incidents(&self.tables), limit, cursor).await
    }

    async fn open_incident(&self, service: &ServiceName, key: &str) -> Result<Option<IncidentId>, PortError> {
        let pk = rows::pointer_key(service, key);
        let row = self.get(&self.tables.incidents, &pk, Some(rows::POINTER)).await?;
        Ok(row.and_then(|row| text(&row, rows::POINTS_TO).map(IncidentId::given)))
    }

    async fn commit(&self, commit: &Commit) -> Result<(), CommitError> {
        self.commit_all(commit).await
    }

    async fn published(&self, event: &IncidentEvent) -> Result<(), PortError> {
        let key = Row::key(event.incident.as_str(), Some(&rows::outbox_key(event)));
        let delete = self.client().delete_item().table_name(&self.tables.incidents).set_key(Some(key.item));
        let answer = delete.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(fault)?;
        self.meter.write(answer.consumed_capacity());
        Ok(())
    }

    async fn due(&self, limit: u32, now: Time) -> Result<Vec<Due>, PortError> {
        self.all_due(limit, now).await
    }

    async fn receipt(&self, incident: &IncidentId, id: &NotificationId) -> Result<Option<Receipt>, PortError> {
        self.load(&self.tables.incidents, incident.as_str(), Some(&rows::receipt_key(id))).await
    }

    async fn receipts(&self, incident: &IncidentId) -> Result<Vec<Receipt>, PortError> {
        // Consistent: of two messages that begin together, one must see the other.
        let query = self.client().query().table_name(&self.tables.incidents).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :first)");
        self.load_all(with_values(query, [(":pk", incident.as_str()), (":first", rows::RECEIPT)])).await
    }

    async fn deployments(&self, service: &ServiceName, from: Time, until: Time) -> Result<Vec<Deployment>, PortError> {
        if from >= until {
            return Ok(Vec::new());
        }
        // Sort keys go on behind the instant, so the bare instant lies before all keys of it.
        let (first, last) = (digits(from), digits(until));
        let query = self.client().query().table_name(&self.tables.deployments).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last");
        self.load_all(with_values(query, [(":pk", service.as_str()), (":first", &first), (":last", &last)])).await
    }

    async fn announcement(
        &self,
        deployment: &DeploymentId,
        channel: &ChannelName,
    ) -> Result<Option<Announcement>, PortError> {
        self.load(&self.tables.incidents, deployment.as_str(), Some(&rows::announcement_key(channel))).await
    }

    async fn serving(&self, resource: &Resource) -> Result<Option<Serving>, PortError> {
        self.load(&self.tables.deployments, &rows::serving_key(resource), Some(rows::SERVING)).await
    }

    async fn target_history(&self, target: &Resource) -> Result<TargetHistory, PortError> {
        let known = self.load(&self.tables.incidents, &rows::target_key(target), Some(rows::TARGET)).await?;
        Ok(known.unwrap_or_else(|| TargetHistory { target: target.clone(), version: 0, acted_at: Vec::new() }))
    }

    async fn kill_switch(&self) -> Result<Switch, PortError> {
        let known = self.load(&self.tables.incidents, rows::SWITCH, Some(rows::SWITCH)).await?;
        Ok(known.unwrap_or_default())
    }

    async fn set_kill_switch(&self, switch: &Switch) -> Result<(), PortError> {
        let row = Row::key(rows::SWITCH, Some(rows::SWITCH)).body(switch);
        self.put(&self.tables.incidents, row, None).await.map(|_| ())
    }

    async fn post_mortem(&self, incident: &IncidentId) -> Result<Option<PostMortem>, PortError> {
        self.load(&self.tables.post_mortems, incident.as_str(), None).await
    }
}

impl Store {
    async fn load<T: DeserializeOwned>(&self, table: &str, pk: &str, sk: Option<&str>) -> Result<Option<T>, PortError> {
        let row = self.get(table, pk, sk).await?;
        row.map(|row| body(&row, || format!("{table}/{pk}{}", sk.map(|sk| format!("/{sk}")).unwrap_or_default())))
            .transpose()
    }

    async fn load_all<T: DeserializeOwned>(&self, query: QueryFluentBuilder) -> Result<Vec<T>, PortError> {
        let rows = self.query_all(query).await?;
        rows.iter().map(|row| body(row, || name_of(row))).collect()
    }
}

/// A row by its keys, for people.
fn name_of(row: &crate::item::Item) -> String {
    let key = |name| text(row, name).unwrap_or_default();
    if row.contains_key("sk") { format!("{}/{}", key("pk"), key("sk")) } else { key("pk").to_owned() }
}

fn with_values<const N: usize>(query: QueryFluentBuilder, values: [(&str, &str); N]) -> QueryFluentBuilder {
    let value = |(name, text): (&str, &str)| (name.to_owned(), AttributeValue::S(text.to_owned()));
    query.set_expression_attribute_values(Some(values.into_iter().map(value).collect::<HashMap<_, _>>()))
}
