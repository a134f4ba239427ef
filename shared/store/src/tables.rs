/// The names of the tables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tables {
    /// Chunks and checkpoints.
    pub metrics: String,
    /// Alerts.
    pub alerts: String,
    /// Incidents, outbox rows, receipts, targets, the kill switch.
    pub incidents: String,
    /// Post-mortems.
    pub post_mortems: String,
    /// Follow-ups.
    pub action_items: String,
    /// Deployments, and what resources serve.
    pub deployments: String,
    /// Monitored events, and what their sources usually say.
    pub events: String,
    /// Objectives made through the API, how all stand, words about gates.
    pub slos: String,
}
