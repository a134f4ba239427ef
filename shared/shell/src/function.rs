use std::env;
use std::sync::{Mutex, OnceLock, PoisonError};

use aws::{Aws, Settings};
use domain::setup::Setup;
use store::{Consumed, Store};
use tracing_subscriber::filter::LevelFilter;

use crate::memory::Memory;
use crate::setup::{SetupError, load};
use crate::{Environment, Failure, Metric, Record};

/// What every function has: its environment, the store, AWS, and the configuration once it is asked for.
pub struct Function {
    /// Where its things are.
    pub environment: Environment,
    /// Tables.
    pub store: Store,
    /// Everything else of AWS.
    pub aws: Aws,
    setup: OnceLock<Setup>,
    counted: Mutex<Consumed>,
    /// Parts of requests that were parked.
    pub(crate) parked: Memory,
}

impl Function {
    /// Starts the log (JSON lines, from the level `TOCSIN_LOG` on, default `info`) and builds what is cheap; clients
    /// connect, and the configuration is read, when they are first used.
    ///
    /// # Errors
    /// Names every variable of the environment that is missing.
    pub fn start(name: &str) -> Result<Self, Failure> {
        let level = env::var("TOCSIN_LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
        tracing_subscriber::fmt().json().flatten_event(true).with_target(false).with_max_level(level).init();
        let environment = Environment::read(name).inspect_err(|error| {
            tracing::error!(%error, "The function cannot start.");
        })?;
        let sdk = aws::sdk_config();
        let settings = Settings {
            function: name.to_owned(),
            bucket: environment.bucket.clone(),
            topic_technical: environment.topic_technical.clone(),
            topic_business: environment.topic_business.clone(),
            parked_queue_url: environment.parked_queue_url.clone(),
            wakes_url: environment.wakes_url.clone(),
            authorities: env::var_os("SSL_CERT_FILE").map(Into::into),
        };
        Ok(Self {
            store: Store::new(sdk.clone(), environment.tables.clone(), environment.bucket.clone()),
            aws: Aws::new(sdk, settings),
            environment,
            setup: OnceLock::new(),
            counted: Mutex::default(),
            parked: Memory::default(),
        })
    }

    /// The configuration, read at the first call. Terraform gives a changed one another key, and with it new
    /// processes, so it never changes within one.
    ///
    /// # Errors
    /// When it cannot be read, or has mistakes.
    pub async fn setup(&self) -> Result<&Setup, SetupError> {
        if let Some(setup) = self.setup.get() {
            return Ok(setup);
        }
        let key = &self.environment.config_key;
        let setup = load(key, self.environment.shards, |key| async move { self.aws.text(&key).await }).await?;
        self.store.keep_incidents(setup.keep_incidents);
        Ok(self.setup.get_or_init(|| setup))
    }

    /// Adds what the store consumed since it was last asked.
    pub(crate) fn count(&self, record: &mut Record) {
        let total = self.store.consumed();
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let used = total - *counted;
        record.add(Metric::WriteUnits, used.write_units);
        record.add(Metric::ReadUnits, used.read_units);
        *counted = total;
    }
}
