use serde::{Deserialize, Serialize};

/// How bad an event is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// As it should be.
    #[default]
    Normal,
    /// To be watched.
    Warning,
    /// To be looked into at once.
    Critical,
}

impl Status {
    /// All of them, the best first.
    pub const ALL: [Self; 3] = [Self::Normal, Self::Warning, Self::Critical];
    /// The least severity of a warning.
    pub const WARNING_FROM: f64 = 0.7;
    /// The least severity that is critical.
    pub const CRITICAL_FROM: f64 = 0.9;

    /// The status of a severity from 0 to 1.
    pub const fn of(severity: f64) -> Self {
        if severity >= Self::CRITICAL_FROM {
            Self::Critical
        } else if severity >= Self::WARNING_FROM {
            Self::Warning
        } else {
            Self::Normal
        }
    }

    /// The word in keys and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
        }
    }
}

/// What the sender does next, the mildest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Decision {
    /// Go on.
    #[default]
    Continue,
    /// Do the same again: the failure may pass.
    Retry,
    /// Work on the same input again: what came out cannot be used.
    Reprocess,
    /// A person must look.
    Escalate,
    /// Stop: to go on spreads what is wrong.
    Halt,
}

/// The rule of findings about the hours before an event.
pub(super) const VOLUME: &str = "silent-failure:volume";

/// One thing that was noticed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The rule, such as `limit:response_time` or a team's own name.
    pub rule: String,
    /// Why, in a sentence.
    pub reason: String,
    /// How bad by itself, 0 to 1.
    pub severity: f64,
    /// What the sender does about it.
    pub decision: Decision,
    /// What would help.
    pub suggestion: String,
}

impl Finding {
    /// Whether it is about the hours before its event.
    pub fn is_about_hours(&self) -> bool {
        self.rule == VOLUME
    }

    /// Whether it says that what came out is not what it claims to be.
    fn is_about_output(&self) -> bool {
        let kind = self.rule.split(':').next().unwrap_or_default();
        matches!(kind, "output" | "consistency" | "silent-failure")
    }
}

/// What is thought of an event.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Verdict {
    /// The status of the severity.
    pub status: Status,
    /// 0 to 1, three decimals.
    pub severity: f64,
    /// What the sender does next.
    pub decision: Decision,
    /// Why, the gravest first.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Puts findings together. The gravest wish of a finding that is a warning by itself counts, or of all if only
    /// together they are one. What is critical is escalated; where two findings say that the output is not what it
    /// claims, it halts.
    pub fn of(mut findings: Vec<Finding>) -> Self {
        let sound: f64 = findings.iter().map(|finding| 1.0 - finding.severity).product();
        let severity = ((1.0 - sound) * 1000.0).round() / 1000.0;
        let status = Status::of(severity);
        findings.sort_by(|a, b| b.severity.total_cmp(&a.severity).then_with(|| a.rule.cmp(&b.rule)));
        let warns = |finding: &&Finding| finding.severity >= Status::WARNING_FROM;
        let wishes = findings.iter().filter(warns).map(|finding| finding.decision).max();
        let decision = match status {
            Status::Normal => Decision::Continue,
            Status::Warning => wishes.or(findings.iter().map(|finding| finding.decision).max()).unwrap_or_default(),
            Status::Critical if findings.iter().filter(warns).filter(|f| f.is_about_output()).count() > 1 => {
                Decision::Halt
            }
            Status::Critical => wishes.unwrap_or_default().max(Decision::Escalate),
        };
        Self { status, severity, decision, findings }
    }

    /// What would help, each once, the gravest finding's first.
    pub fn suggestions(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for finding in &self.findings {
            if !finding.suggestion.is_empty() && !found.contains(&finding.suggestion.as_str()) {
                found.push(&finding.suggestion);
            }
        }
        found
    }
}
