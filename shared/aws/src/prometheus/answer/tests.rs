use super::*;

/// As the documentation of the HTTP API gives them, cut to one series.
const MATRIX: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":
    {"__name__":"up","job":"prometheus","instance":"localhost:9090"},"values":[[1435781430.781,"1"],[1435781445.781,"1"],
    [1435781460.781,"1"]]}]}}"#;
const VECTOR: &str = r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":
    {"__name__":"up","job":"prometheus","instance":"localhost:9090"},"value":[1435781451.781,"1"]},{"metric":
    {"__name__":"up","job":"node","instance":"localhost:9100"},"value":[1435781451.781,"0"]}]}}"#;
const BAD_DATA: &str = r#"{"status":"error","errorType":"bad_data",
    "error":"invalid parameter \"query\": 1:4: parse error: unexpected <op:+>"}"#;

fn data(kind: &str, result: &str) -> String {
    format!(r#"{{"status":"success","data":{{"resultType":"{kind}","result":{result}}}}}"#)
}

fn check(body: &str, expected: &[(i64, f64)]) {
    let expected: Points = expected.iter().map(|(at, number)| (Time::from_epoch(*at), *number)).collect();
    assert_eq!(points(200, body.as_bytes()), Ok(expected), "{body}");
}

fn refuses(status: u16, body: &str, kind: FailureKind, words: &str) {
    let failure = points(status, body.as_bytes()).unwrap_err();
    assert_eq!(failure.kind, kind, "{status} {body}: {failure}");
    assert!(failure.detail.contains(words), "{failure}");
}

#[test]
fn one_series_is_read() {
    check(MATRIX, &[(1_435_781_431, 1.0), (1_435_781_446, 1.0), (1_435_781_461, 1.0)]);
    check(&data("vector", r#"[{"metric":{},"value":[60,"2.5"]}]"#), &[(60, 2.5)]);
    check(&data("scalar", r#"[60,"2.5"]"#), &[(60, 2.5)]);
    check(
        &data("matrix", r#"[{"metric":{},"values":[[60,"-1e3"],[120,"+Inf"]]}]"#),
        &[(60, -1000.0), (120, f64::INFINITY)],
    );
    let found = points(200, data("scalar", r#"[60,"NaN"]"#).as_bytes()).unwrap();
    assert!(found[0].1.is_nan());
}

#[test]
fn no_series_is_read_and_empty() {
    check(&data("matrix", "[]"), &[]);
    check(&data("vector", "[]"), &[]);
}

#[test]
fn several_series_are_refused_by_name() {
    refuses(200, VECTOR, FailureKind::Rejected, "2 series answer where one is expected: {");
    refuses(200, VECTOR, FailureKind::Rejected, "instance=\"localhost:9100\"");
    let many = [r#"{"metric":{"i":"x"},"values":[]}"#; SERIES_NAMED_MAX + 1].join(",");
    refuses(200, &data("matrix", &format!("[{many}]")), FailureKind::Rejected, "\"x\"}, ...");
}

#[test]
fn errors_are_sorted_by_their_type_then_by_status() {
    refuses(400, BAD_DATA, FailureKind::Rejected, "parse error");
    let error = |kind: &str| format!(r#"{{"status":"error","errorType":"{kind}","error":"words"}}"#);
    refuses(422, &error("execution"), FailureKind::Rejected, "execution: words");
    refuses(503, &error("timeout"), FailureKind::TimedOut, "timeout: words");
    refuses(503, &error("canceled"), FailureKind::TimedOut, "words");
    refuses(500, &error("internal"), FailureKind::Unreachable, "words");
    refuses(503, &error("unavailable"), FailureKind::Unreachable, "words");
    refuses(429, &error("bad_data"), FailureKind::Throttled, "words");
    refuses(401, "Unauthorized\n", FailureKind::Denied, "HTTP 401: Unauthorized");
    refuses(403, r#"{"message":"no"}"#, FailureKind::Denied, "HTTP 403");
    refuses(502, "<html>", FailureKind::Unreachable, "HTTP 502");
    refuses(504, "", FailureKind::TimedOut, "HTTP 504");
    refuses(301, "", FailureKind::Rejected, "HTTP 301");
    refuses(200, &error("bad_data"), FailureKind::Rejected, "words");
}

#[test]
fn what_is_missing_from_an_answer_makes_it_partial() {
    let warned = |warning: &str| {
        format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[]}},"warnings":["{warning}"]}}"#)
    };
    refuses(200, &warned("store 10.0.0.1: no answer"), FailureKind::Partial, "no answer");
    check(&warned("PromQL warning: quantile value should be between 0 and 1"), &[]);
}

#[test]
fn strange_answers_are_refused() {
    refuses(200, "", FailureKind::Rejected, "none of Prometheus");
    refuses(200, "[1]", FailureKind::Rejected, "none of Prometheus");
    refuses(200, &"[".repeat(10_000), FailureKind::Rejected, "none of Prometheus");
    refuses(200, &data("matrix", r#"[{"metric":{},"values":[[60,"x"]]}]"#), FailureKind::Rejected, "no number");
    refuses(200, &data("string", r#"[60,"x"]"#), FailureKind::Rejected, "a text");
    refuses(
        200,
        &data("matrix", r#"[{"metric":{},"histograms":[[60,{"count":"1"}]]}]"#),
        FailureKind::Rejected,
        "histograms",
    );
}
