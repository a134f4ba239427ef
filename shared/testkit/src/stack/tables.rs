use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TimeToLiveSpecification,
};

/// Table, its sort key, and its indices: name, partition key (text), sort key (number, or the table's own).
type Table = (&'static str, Option<&'static str>, &'static [(&'static str, &'static str, &'static str)]);

const TABLES: [Table; 8] = [
    ("metrics", Some("sk"), &[]),
    ("alerts", None, &[("by-status", "status", "changed_at"), ("by-wake", "wake", "next_wake")]),
    ("incidents", Some("sk"), &[("by-wake", "wake", "next_wake"), ("by-opened", "listing", "opened_at")]),
    ("post-mortems", None, &[]),
    ("action-items", None, &[("by-owner", "owner", "due"), ("by-due", "listing", "due")]),
    ("deployments", Some("sk"), &[]),
    ("events", Some("sk"), &[("by-listing", "listing", "sk")]),
    ("slos", Some("sk"), &[]),
];

pub(super) async fn create(client: &Client, prefix: &str) {
    for table in TABLES {
        create_one(client, &format!("{prefix}-{}", table.0), table).await;
    }
}

async fn create_one(client: &Client, name: &str, (_, sk, indexes): Table) {
    let request = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    let request = indexes.iter().fold(request, |request, (index, partition, order)| {
        let index = GlobalSecondaryIndex::builder()
            .index_name(*index)
            .key_schema(key(partition, KeyType::Hash))
            .key_schema(key(order, KeyType::Range))
            .projection(Projection::builder().projection_type(ProjectionType::All).build());
        request.global_secondary_indexes(index.build().expect("name and keys are given"))
    });
    let texts = std::iter::once("pk").chain(sk).chain(indexes.iter().map(|(_, partition, _)| *partition));
    let mut numbers: Vec<&str> =
        indexes.iter().map(|(_, _, order)| *order).filter(|order| Some(*order) != sk).collect();
    numbers.dedup();
    let attributes = texts.map(|name| attribute(name, ScalarAttributeType::S));
    let attributes = attributes.chain(numbers.into_iter().map(|name| attribute(name, ScalarAttributeType::N)));
    let keys = std::iter::once(key("pk", KeyType::Hash)).chain(sk.map(|name| key(name, KeyType::Range)));
    let request = request.set_attribute_definitions(Some(attributes.collect())).set_key_schema(Some(keys.collect()));
    request.send().await.expect("the stack makes tables");
    let ttl = TimeToLiveSpecification::builder().attribute_name("expires_at").enabled(true);
    let ttl = ttl.build().expect("attribute and state are given");
    let request = client.update_time_to_live().table_name(name).time_to_live_specification(ttl);
    request.send().await.expect("the stack lets rows expire");
}

fn attribute(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    let attribute = AttributeDefinition::builder().attribute_name(name).attribute_type(kind);
    attribute.build().expect("name and type are given")
}

fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("name and type are given")
}
