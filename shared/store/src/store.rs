use std::collections::HashMap;
use std::sync::OnceLock;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use aws_types::SdkConfig;
use domain::units::Span;
use engine::port::PortError;

use crate::chunk_log::Layouts;
use crate::fault::fault;
use crate::item::{Item, Row};
use crate::meter::{Consumed, Meter};
use crate::tables::Tables;

/// What is over is kept this long unless the configuration says otherwise: a year and a month, so that a report can
/// compare with last year's.
const KEEP_INCIDENTS: Span = Span::DAY.times(400);
/// The longest partition key that `DynamoDB` takes, in bytes.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
pub(crate) const PARTITION_KEY_BYTES_MAX: usize = 2048;

/// The store: implements the ports `ChunkLog`, `EventLog`, `Ledger` and `Slos` on `DynamoDB`.
#[derive(Debug)]
pub struct Store {
    config: SdkConfig,
    client: OnceLock<Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    pub(crate) tables: Tables,
    pub(crate) bucket: String,
    pub(crate) keep_incidents: OnceLock<Span>,
    pub(crate) layouts: Layouts,
    pub(crate) meter: Meter,
}

impl Store {
    /// The store in these tables and this bucket. Clients are built when they are first used, from `config`.
    pub fn new(config: SdkConfig, tables: Tables, bucket: String) -> Self {
        Self {
            config,
            client: OnceLock::new(),
            s3: OnceLock::new(),
            tables,
            bucket,
            keep_incidents: OnceLock::new(),
            layouts: Layouts::default(),
            meter: Meter::default(),
        }
    }

    pub(crate) fn s3(&self) -> &aws_sdk_s3::Client {
        self.s3.get_or_init(|| {
            // An endpoint of one's own has no name for each bucket.
            let path_style = self.config.endpoint_url().is_some();
            let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(path_style);
            aws_sdk_s3::Client::from_conf(config.build())
        })
    }

    pub(crate) fn client(&self) -> &Client {
        self.client.get_or_init(|| Client::new(&self.config))
    }

    /// From now on keeps what is over for `span`; said once, when the configuration is known.
    pub fn keep_incidents(&self, span: Span) {
        let _ = self.keep_incidents.set(span);
    }

    pub(crate) fn incidents_kept(&self) -> Span {
        self.keep_incidents.get().copied().unwrap_or(KEEP_INCIDENTS)
    }

    /// What the calls of this store have consumed since it was made.
    pub fn consumed(&self) -> Consumed {
        self.meter.total()
    }

    /// One row by its key, read consistently. A key that no row can have finds none.
    pub(crate) async fn get(&self, table: &str, pk: &str, sk: Option<&str>) -> Result<Option<Item>, PortError> {
        if pk.is_empty() || pk.len() > PARTITION_KEY_BYTES_MAX {
            return Ok(None);
        }
        let get = self.client().get_item().table_name(table).consistent_read(true);
        let get = get.set_key(Some(Row::key(pk, sk).item)).return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = get.send().await.map_err(fault)?;
        self.meter.read(answer.consumed_capacity());
        Ok(answer.item)
    }

    /// Writes a row; `false`: the condition does not hold, and nothing was written.
    pub(crate) async fn put(&self, table: &str, row: Row, condition: Option<Condition>) -> Result<bool, PortError> {
        let put = self.client().put_item().table_name(table).set_item(Some(row.item));
        let put = put.return_consumed_capacity(ReturnConsumedCapacity::Total);
        let put = match condition {
            None => put,
            Some(Condition { expression, names, values }) => put
                .condition_expression(expression)
                .set_expression_attribute_names(Some(names))
                .set_expression_attribute_values(values),
        };
        match put.send().await {
            Ok(answer) => {
                self.meter.write(answer.consumed_capacity());
                Ok(true)
            }
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(false)
            }
            Err(error) => Err(fault(error)),
        }
    }

    /// Deletes a row; `false`: the condition does not hold, and it is still there.
    pub(crate) async fn delete(&self, table: &str, key: Row, condition: Condition) -> Result<bool, PortError> {
        let delete = self.client().delete_item().table_name(table).set_key(Some(key.item));
        let delete = delete
            .condition_expression(condition.expression)
            .set_expression_attribute_names(Some(condition.names))
            .set_expression_attribute_values(condition.values)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match delete.send().await {
            Ok(answer) => {
                self.meter.write(answer.consumed_capacity());
                Ok(true)
            }
            Err(error)
                if error.as_service_error().is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(fault(error)),
        }
    }

    /// All rows that a query finds, page after page.
    pub(crate) async fn query_all(&self, query: QueryFluentBuilder) -> Result<Vec<Item>, PortError> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = self.query(query.clone().set_exclusive_start_key(after)).await?;
            rows.extend(page);
            match next {
                Some(key) => after = Some(key),
                None => return Ok(rows),
            }
        }
    }

    /// One page of a query, and the key after which the next begins.
    pub(crate) async fn query(&self, query: QueryFluentBuilder) -> Result<(Vec<Item>, Option<Item>), PortError> {
        let query = query.return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = query.send().await.map_err(fault)?;
        self.meter.read(answer.consumed_capacity());
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key.filter(|key| !key.is_empty())))
    }
}

/// A condition of a write.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) expression: &'static str,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: Option<HashMap<String, AttributeValue>>,
}

impl Condition {
    /// There is no such row yet.
    pub(crate) fn new_row() -> Self {
        Self::of("attribute_not_exists(#a)", "pk", None)
    }

    /// There is such a row.
    pub(crate) fn present() -> Self {
        Self::of("attribute_exists(#a)", "pk", None)
    }

    /// The row has this version; 0: there is none yet.
    pub(crate) fn version(version: u64) -> Self {
        match version {
            0 => Self::new_row(),
            version => Self::of("#a = :v", "version", Some(AttributeValue::N(version.to_string()))),
        }
    }

    /// There is no such row yet, or its number is smaller.
    pub(crate) fn new_or_below(name: &str, number: i64) -> Self {
        let number = AttributeValue::N(number.to_string());
        Self::of("attribute_not_exists(#a) OR #a < :v", name, Some(number))
    }

    /// There is no such row, or its text is this.
    pub(crate) fn new_or_same(name: &str, text: &str) -> Self {
        Self::of("attribute_not_exists(#a) OR #a = :v", name, Some(AttributeValue::S(text.to_owned())))
    }

    /// There is no such row, or its text is one of these.
    pub(crate) fn new_or_either(name: &str, texts: [&str; 2]) -> Self {
        let [one, other] = texts.map(|text| AttributeValue::S(text.to_owned()));
        let mut condition = Self::of("attribute_not_exists(#a) OR #a IN (:v, :w)", name, Some(one));
        condition.values.get_or_insert_default().insert(":w".to_owned(), other);
        condition
    }

    fn of(expression: &'static str, name: &str, value: Option<AttributeValue>) -> Self {
        Self {
            expression,
            names: HashMap::from([("#a".to_owned(), name.to_owned())]),
            values: value.map(|value| HashMap::from([(":v".to_owned(), value)])),
        }
    }
}
