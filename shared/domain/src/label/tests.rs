//! Cases of Alertmanager's `matcher/parse/parse_test.go`, `matcher/oldparse/parse_test.go` and `matcher/matcher_test.go`,
//! re-expressed.
