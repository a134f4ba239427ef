use serde::{Serialize, Serializer};

macro_rules! rules {
    ($( #[doc = $meaning:literal] $name:ident = $id:literal; )*) => {
        /// What is looked for. The ids are stable.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Rule {
            $( #[doc = $meaning] $name, )*
        }

        impl Rule {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in reports and on the command line.
            pub const fn id(self) -> &'static str {
                match self { $( Self::$name => $id, )* }
            }

            /// What it looks for, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $( Self::$name => $meaning, )* }
            }
        }
    };
}

rules! {
    /// Its limit, expression or window can never hold.
    NeverFires = "never-fires";
    /// Its limit or expression always holds.
    AlwaysFires = "always-fires";
    /// Once it fires, its recovery limit can never hold.
    NeverRecovers = "never-recovers";
    /// Nothing that was observed came near the limit.
    NeverReached = "never-reached";
    /// Much of what was observed is beyond the limit.
    OftenBeyond = "often-beyond";
    /// So few events that a single failure is beyond the limit of a ratio.
    OneEventBreaches = "one-event-breaches";
    /// The metric stopped, and missing data count as fine.
    StoppedCountsAsFine = "stopped-counts-as-fine";
    /// The metric stopped.
    Stopped = "stopped";
    /// It tells of too little, and missing data count as fine.
    SilenceCountsAsFine = "silence-counts-as-fine";
    /// Periods are judged before they are complete, against a lower limit.
    Unsettled = "unsettled";
    /// The series is asked for so seldom that people hear of it too late.
    SlowLook = "slow-look";
    /// The period is finer than what the metric is written in.
    TooFine = "too-fine";
    /// More periods than CloudWatch evaluates.
    ImpossibleWindow = "impossible-window";
    /// The metric is not written without a dimension that is missing here.
    MissingDimension = "missing-dimension";
    /// Nothing writes a metric with these dimensions.
    NothingWrites = "nothing-writes";
    /// A level is added up, so that the number depends on how often it was written.
    SummedLevel = "summed-level";
    /// The same rule stands twice.
    Duplicate = "duplicate";
    /// No route, action or subscriber takes it.
    ReachesNobody = "reaches-nobody";
    /// The worst severity is told where nobody is woken.
    WakesNobody = "wakes-nobody";
    /// A step or a policy that calls nobody, always or for a time.
    CallsNobody = "calls-nobody";
    /// A route or planned work behind which nobody is told, whenever it is.
    NeverTells = "never-tells";
    /// A policy that does not call where another does.
    CallsInstead = "calls-instead";
    /// Somebody who is called has nothing to acknowledge with.
    CannotAcknowledge = "cannot-acknowledge";
    /// An interval that will never be, or planned work that is over.
    NeverIs = "never-is";
    /// Actions are switched off.
    ActionsDisabled = "actions-disabled";
    /// A topic that alarms act on has no subscription.
    NoSubscription = "no-subscription";
    /// A subscription that nobody has confirmed yet.
    UnconfirmedSubscription = "unconfirmed-subscription";
    /// A composite alarm names an alarm that is not there.
    UnknownAlarm = "unknown-alarm";
    /// It has been in ALARM for weeks.
    StuckInAlarm = "stuck-in-alarm";
    /// It has had too little data for weeks.
    StuckWithoutData = "stuck-without-data";
    /// It is judged, tells nobody, and nothing combines it.
    QuietUnused = "quiet-unused";
    /// A series that nothing reads.
    UnusedSeries = "unused-series";
    /// A source that no series is read from.
    UnusedSource = "unused-source";
    /// A channel that no route names.
    UnusedChannel = "unused-channel";
    /// An interval that nothing refers to.
    UnusedInterval = "unused-interval";
    /// A route that adds nothing to another.
    RedundantRoute = "redundant-route";
    /// A service that no monitor judges.
    Unwatched = "unwatched";
    /// A runbook that no monitor's alerts match.
    RunbookMatchesNothing = "runbook-matches-nothing";
    /// A step that has no target among the resources.
    StepWithoutTarget = "step-without-target";
    /// An action is judged to have failed before its monitor can recover.
    VerifyTooShort = "verify-too-short";
    /// A burn-rate alert that no error ratio can set off, or any can.
    ImpossibleBurnRate = "impossible-burn-rate";
    /// Fewer events than an objective's guard asks for.
    BudgetOfFew = "budget-of-few";
}

impl Rule {
    /// The rule of that name.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_names_every_rule() {
        let guide = include_str!("../../../docs/lint.md");
        for rule in Rule::ALL {
            assert!(guide.contains(&format!("`{}`", rule.id())), "docs/lint.md does not name {}", rule.id());
        }
    }

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let mut ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '-')), "{ids:?}");
        assert!(Rule::ALL.iter().all(|rule| Rule::named(rule.id()) == Some(*rule)));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Rule::ALL.len());
    }
}
