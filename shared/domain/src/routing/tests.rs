//! Cases of Alertmanager's own suite, re-expressed.
