use std::collections::BTreeMap;

use serde_json::Value;

/// `PagerDuty`'s incidents by dedup key: a trigger for an open one adds to it, a resolved one opens anew.
#[derive(Default)]
pub(in crate::receiver) struct Pager {
    open_by_key: BTreeMap<String, bool>,
    pages: usize,
    without_key: usize,
}

impl Pager {
    pub(in crate::receiver) fn take(&mut self, event: &Value) {
        let key = event.get("dedup_key").and_then(Value::as_str).map(str::to_owned);
        match event.get("event_action").and_then(Value::as_str) {
            Some("trigger") => {
                let key = key.unwrap_or_else(|| {
                    self.without_key += 1;
                    format!("drawn/{}", self.without_key)
                });
                if self.open_by_key.insert(key, true) != Some(true) {
                    self.pages += 1;
                }
            }
            Some("resolve") => {
                if let Some(open) = key.and_then(|key| self.open_by_key.get_mut(&key)) {
                    *open = false;
                }
            }
            _ => {}
        }
    }

    pub(in crate::receiver) fn pages(&self) -> usize {
        self.pages
    }

    pub(in crate::receiver) fn open(&self) -> usize {
        self.open_by_key.values().filter(|open| **open).count()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_is_an_incident_that_was_not_open() {
        let mut pager = Pager::default();
        let mut check = |action: &str, key: &str, pages: usize, open: usize| {
            pager.take(&json!({"event_action": action, "dedup_key": key}));
            assert_eq!((pager.pages(), pager.open()), (pages, open), "{action} {key}");
        };
        check("trigger", "a", 1, 1);
        check("trigger", "a", 1, 1);
        check("acknowledge", "a", 1, 1);
        check("resolve", "b", 1, 1);
        check("resolve", "a", 1, 0);
        check("trigger", "a", 2, 1);
        check("trigger", "b", 3, 2);
    }
}
