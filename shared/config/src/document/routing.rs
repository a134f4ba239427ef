use domain::id::IntervalName;
use domain::incident::Severity;
use domain::monitor::Category;
use domain::units::{Span, Zone};

use super::List;
use crate::read::{Matching, OneOrMore, record};

record! {
    /// Which alerts go where. Of the routes of one list the first that matches is taken, and the others are not looked at
    /// unless it says continue; of its own routes the same. What a route does not say it has from the one around it, but
    /// for mute_in, active_in and continue.
    Route {
        /// Which alerts it takes: matchers such as severity=~"SEV1|SEV2" that must all match, or a mapping of labels to
        /// values. Without match, service, severity and category it takes all that reach it.
        matches as "match": optional Matching,
        /// One of these services; "tocsin" is the system's own trouble, "unassigned" what is sent of none that is configured.
        service: optional OneOrMore<String>,
        /// One of these severities.
        severity: optional OneOrMore<Severity>,
        /// This category.
        category: optional Category,
        /// Where to, one or more. An empty list is for what nobody is to be told of.
        channels: optional OneOrMore<String>,
        /// The policy by which people are paged.
        escalation: optional String,
        /// The labels whose values make a group, which is told together; "..." for all, so that each alert is told alone.
        /// Default service and correlation.
        group_by: optional OneOrMore<String>,
        /// How long the first alert of a group waits for others, 0s to 1h. Default 30s.
        group_wait: optional Span,
        /// How long a group that was told rests before changes are told, 1s to 1d. Default 5m.
        group_interval: optional Span,
        /// After how long a group that does not change is told again, 1m to 30d. Default 4h.
        repeat_interval: optional Span,
        /// Intervals in which it is silent; not inherited.
        mute_in: optional OneOrMore<String>,
        /// Intervals outside of which it is silent; not inherited.
        active_in: optional OneOrMore<String>,
        /// Whether the routes behind it are looked at too. Default false.
        goes_on as "continue": optional bool,
        /// Routes among what it takes. What none of them takes it tells itself.
        routes: optional List<Route>,
    }
}

record! {
    /// What routes have unless they say otherwise, and where alerts go that no route takes.
    Grouping {
        /// The labels whose values make a group, which is told together; "..." for all, so that each alert is told alone.
        /// Default service and correlation.
        group_by: optional OneOrMore<String>,
        /// How long the first alert of a group waits for others, 0s to 1h. Default 30s.
        group_wait: optional Span,
        /// How long a group that was told rests before changes are told, 1s to 1d. Default 5m.
        group_interval: optional Span,
        /// After how long a group that does not change is told again, 1m to 30d. Default 4h.
        repeat_interval: optional Span,
        /// Where alerts go that no route takes, one or more. Default nowhere.
        channels: optional OneOrMore<String>,
    }
}

record! {
    /// Alerts that say nothing new while others fire.
    Inhibition {
        /// What it is called where it holds something back. Default its number.
        name: optional String,
        /// The alerts that inhibit while they fire.
        source: required Matching,
        /// The alerts that are inhibited.
        target: required Matching,
        /// Labels that must be equal in both; one that is missing equals one that is empty.
        equal: optional OneOrMore<String>,
    }
}

record! {
    /// Times that routes are silent in or outside of, and that maintenance happens in.
    Interval {
        /// Its name, unique among intervals.
        name: required IntervalName,
        /// The times, one or more, any of which is meant.
        times: required OneOrMore<Times>,
    }
}

record! {
    /// Times of the calendar that satisfy all that is said; what is not said does not matter.
    Times {
        /// Parts of the day such as 09:00-17:00, the end excluded; 24:00 is midnight. None passes midnight: write two.
        clock: optional OneOrMore<String>,
        /// Days of the week such as sat, or mon:fri; a week begins with sun.
        days: optional OneOrMore<String>,
        /// Days of the month such as 1, 1:7 or -1, which is the last one.
        days_of_month: optional OneOrMore<String>,
        /// Months such as jan, 12 or jun:aug.
        months: optional OneOrMore<String>,
        /// Years such as 2027 or 2027:2029.
        years: optional OneOrMore<String>,
        /// The time zone, an IANA name. Default UTC.
        zone: optional Zone,
    }
}

record! {
    /// Planned work: alerts that it explains are not told. Either from and until, or interval.
    Maintenance {
        /// The alerts that are expected.
        matches as "match": required Matching,
        /// The instant it begins, such as 2026-12-24T22:00:00Z.
        from: optional String,
        /// The first instant after it.
        until: optional String,
        /// The interval it happens in, again and again.
        interval: optional String,
        /// What is done, for those who ask why nobody was told.
        comment: required String,
    }
}
