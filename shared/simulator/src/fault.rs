use engine::port::PortError;

use crate::{Inner, World};

/// What somebody else does.
pub(crate) type Act = Box<dyn FnOnce(&World) + Send>;

/// The process of a function dies at one of its calls; every later call of the same process fails as well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Crash {
    /// The call that is so many calls away is not done.
    Before(u64),
    /// The call that is so many calls away is done, and nobody learns of it.
    After(u64),
    /// It has happened.
    Dead,
}

impl World {
    /// Arms a crash.
    pub fn crash(&self, crash: Crash) {
        self.lock().crash = Some(crash);
    }

    /// Whether a crash is armed that has not happened yet.
    pub fn is_armed(&self) -> bool {
        self.lock().crash.is_some_and(|crash| crash != Crash::Dead)
    }

    /// A new process begins; returns whether the old one had died.
    pub fn revive(&self) -> bool {
        // A crash that is armed and has not happened yet waits for the processes to come.
        self.lock().crash.take_if(|crash| *crash == Crash::Dead).is_some()
    }

    /// Has somebody else act, once, while a function is about to make the next call of this name.
    pub fn meanwhile(&self, call: &'static str, act: impl FnOnce(&Self) + Send + 'static) {
        self.lock().meanwhile = Some((call, Box::new(act)));
    }

    /// Does a call unless the process dies before it; loses its answer if the process dies after it.
    pub(crate) fn call<T>(&self, name: &'static str, perform: impl FnOnce(&mut Inner) -> T) -> Result<T, PortError> {
        let meanwhile = self.lock().meanwhile.take_if(|(call, _)| *call == name);
        if let Some((_, act)) = meanwhile {
            act(self);
        }
        let mut inner = self.lock();
        inner.calls += 1;
        *inner.called.entry(name).or_default() += 1;
        let (before, after) = match inner.crash {
            Some(Crash::Dead | Crash::Before(0)) => (true, false),
            Some(Crash::After(0)) => (false, true),
            Some(Crash::Before(calls)) => {
                inner.crash = Some(Crash::Before(calls - 1));
                (false, false)
            }
            Some(Crash::After(calls)) => {
                inner.crash = Some(Crash::After(calls - 1));
                (false, false)
            }
            None => (false, false),
        };
        let dead = || PortError::Unavailable { service: "the process", detail: "it was killed".to_owned() };
        if before {
            inner.crash = Some(Crash::Dead);
            return Err(dead());
        }
        let result = perform(&mut inner);
        if after {
            inner.crash = Some(Crash::Dead);
            return Err(dead());
        }
        Ok(result)
    }
}
