use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Texts that are remembered at once; then all are forgotten, and what comes again is new once more.
const REMEMBERED_MAX: usize = 1000;

/// What this process has done already, by its key. Another process knows nothing of it.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<BTreeSet<String>>);

impl Memory {
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
    }

    pub(crate) fn remember(&self, key: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        known.insert(key.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_remembers_a_thousand_and_then_begins_anew() {
        let memory = Memory::default();
        for key in 0..REMEMBERED_MAX {
            memory.remember(&key.to_string());
        }
        assert!(memory.knows("0") && memory.knows("999") && !memory.knows("1000"));
        memory.remember("1000");
        assert!(memory.knows("1000") && !memory.knows("0"));
    }
}
