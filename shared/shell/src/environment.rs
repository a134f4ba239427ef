use std::env;

use store::Tables;

/// Where a function finds its things, from `TOCSIN_*` variables that Terraform sets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Environment {
    /// Name of the installation, the prefix of everything it owns.
    pub name: String,
    /// The function's own name, `collector`.
    pub function: String,
    /// The bucket of configuration and reports.
    pub bucket: String,
    /// Key of `tocsin.yaml` in the bucket.
    pub config_key: String,
    /// The tables.
    pub tables: Tables,
    /// ARN of the topic for engineers.
    pub topic_technical: String,
    /// ARN of the topic for people who answer for revenue.
    pub topic_business: String,
    /// URL of the function's own dead-letter queue.
    pub parked_queue_url: String,
    /// URL of the queue of what is to be woken.
    pub wakes_url: String,
    /// Base address of the API; empty where it is not known.
    pub api_url: String,
    /// How many shards there are.
    pub shards: u32,
}

/// Variables that are missing or wrong, all of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment is incomplete: {}", .0.join("; "))]
pub struct EnvironmentError(pub Vec<String>);

impl Environment {
    /// Reads the variables of `function`.
    ///
    /// # Errors
    /// Names every variable that is missing or wrong.
    pub fn read(function: &str) -> Result<Self, EnvironmentError> {
        Self::from(function, |name| env::var(name).ok())
    }

    fn from(function: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let mut wrong = Vec::new();
        let mut text = |name: &str| {
            variable(name).filter(|value| !value.is_empty()).unwrap_or_else(|| {
                wrong.push(format!("{name} is not set"));
                String::new()
            })
        };
        let found = Self {
            name: text("TOCSIN_NAME"),
            function: function.to_owned(),
            bucket: text("TOCSIN_BUCKET"),
            config_key: text("TOCSIN_CONFIG_KEY"),
            tables: Tables {
                metrics: text("TOCSIN_TABLE_METRICS"),
                alerts: text("TOCSIN_TABLE_ALERTS"),
                incidents: text("TOCSIN_TABLE_INCIDENTS"),
                post_mortems: text("TOCSIN_TABLE_POST_MORTEMS"),
                action_items: text("TOCSIN_TABLE_ACTION_ITEMS"),
                events: text("TOCSIN_TABLE_EVENTS"),
                slos: text("TOCSIN_TABLE_SLOS"),
                deployments: text("TOCSIN_TABLE_DEPLOYMENTS"),
            },
            topic_technical: text("TOCSIN_TOPIC_TECHNICAL"),
            topic_business: text("TOCSIN_TOPIC_BUSINESS"),
            parked_queue_url: text("TOCSIN_PARKED_QUEUE_URL"),
            wakes_url: text("TOCSIN_WAKES"),
            api_url: variable("TOCSIN_API_URL").unwrap_or_default(),
            shards: 1,
        };
        let shards = text("TOCSIN_SHARDS");
        let count = shards.parse::<u32>().ok().filter(|count| *count > 0);
        if count.is_none() && !shards.is_empty() {
            wrong.push(format!("TOCSIN_SHARDS is {shards:?}, not a number above 0"));
        }
        if wrong.is_empty() { Ok(Self { shards: count.unwrap_or(1), ..found }) } else { Err(EnvironmentError(wrong)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_missing_is_named_at_once() {
        let error = Environment::from("api", |name| (name == "TOCSIN_SHARDS").then(|| "none".to_owned())).unwrap_err();
        assert_eq!(error.0.len(), 16, "{error}");
        assert!(error.to_string().contains("TOCSIN_SHARDS is \"none\""));
        let complete =
            Environment::from("api", |name| Some(if name == "TOCSIN_SHARDS" { "4" } else { "x" }.to_owned()));
        assert_eq!(complete.unwrap().shards, 4);
    }
}
