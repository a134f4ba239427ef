//! Every function as a process against the floor: start, first call to AWS, a thousand calls, memory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cpu::median;
use crate::endpoint::Endpoint;
use crate::process::Process;
use crate::rows;
use crate::runtime_api::{RuntimeApi, Waiting};
use crate::table::{Table, Verdict};

/// Invocations after which memory is looked at.
const WARM_CALLS: usize = 1000;
/// Of the runs, so many go on to the warm calls.
const WARM_RUNS: usize = 5;
const LIST_INCIDENTS: &str = include_str!("../../events/api/http-incidents.json");
const SDK_DEFAULTS: &str = "SDK defaults";
/// No function can work on this, so each makes one call to AWS: it parks it.
const MUST_BE_PARKED: &str = r#"{"bench":"#;

const INIT_MAX: f64 = 1.6;
const INIT_MAX_IN_THE_WAY: f64 = 1.35;
const CPU_MAX: f64 = 2.5;
const CPU_SHARE_OF_DEFAULTS_MAX: f64 = 1.0 / 8.0;
const TAIL_MAX: f64 = 3.0;
const RESIDENT_MAX: f64 = 16.0;

/// A program that is measured.
struct Case {
    name: &'static str,
    program: PathBuf,
    payload: &'static str,
    /// Stands in the answer, if the call did what it should.
    expected: &'static str,
    inits: Vec<f64>,
    cpus: Vec<f64>,
    halves: Vec<f64>,
    tails: Vec<f64>,
    resident: Vec<f64>,
}

impl Case {
    fn new(name: &'static str, program: PathBuf, payload: &'static str, expected: &'static str) -> Self {
        let (inits, cpus, halves, tails, resident) = <(Vec<_>, Vec<_>, Vec<_>, Vec<_>, Vec<_>)>::default();
        Self { name, program, payload, expected, inits, cpus, halves, tails, resident }
    }
}

/// Runs all programs in turn, `runs` times over, and prints what they took.
pub(crate) async fn measure(functions: &Path, floor: &Path, sdk_defaults: &Path, runs: usize) {
    let mut api = RuntimeApi::start().await.expect("a free port");
    let endpoint = Endpoint::start(vec![rows::incident().await]).await.expect("a free port");
    let mut cases = vec![
        Case::new("floor", floor.to_owned(), "{}", "{}"),
        Case::new(SDK_DEFAULTS, sdk_defaults.to_owned(), "{}", "read"),
    ];
    for name in crate::FUNCTIONS {
        let (payload, expected) =
            if name == "api" { (LIST_INCIDENTS, "shop-checkout") } else { (MUST_BE_PARKED, "parked") };
        cases.push(Case::new(name, functions.join(name), payload, expected));
    }
    for run in 0..runs {
        for case in &mut cases {
            once(&mut api, &endpoint, case, run < WARM_RUNS).await;
        }
    }
    print(&cases, runs);
}

async fn once(api: &mut RuntimeApi, endpoint: &Endpoint, case: &mut Case, warm: bool) {
    let process = Process::start(&case.program, api.address, &variables(endpoint, case.name == SDK_DEFAULTS));
    let waiting = api.next().await;
    case.inits.push(milliseconds(waiting.since - process.started));
    let waiting = call(api, case, waiting).await.1;
    case.cpus.push(milliseconds(process.cpu()));
    if warm {
        warm_calls(api, case, waiting).await;
        case.resident.push(process.resident_mib());
    }
}

async fn warm_calls(api: &mut RuntimeApi, case: &mut Case, mut waiting: Waiting) {
    let mut times = Vec::with_capacity(WARM_CALLS);
    for _ in 0..WARM_CALLS {
        let (took, next) = call(api, case, waiting).await;
        times.push(milliseconds(took));
        waiting = next;
    }
    times.sort_by(f64::total_cmp);
    case.halves.push(times[WARM_CALLS / 2]);
    case.tails.push(times[WARM_CALLS * 99 / 100] / times[WARM_CALLS / 2]);
}

async fn call(api: &mut RuntimeApi, case: &Case, waiting: Waiting) -> (Duration, Waiting) {
    let done = api.invoke(case.name, (waiting, case.payload)).await;
    assert!(done.body.contains(case.expected), "{} answers {}", case.name, done.body);
    (done.took, api.next().await)
}

fn variables(endpoint: &Endpoint, of_the_system: bool) -> Vec<(String, String)> {
    let authority = if of_the_system { endpoint.authorities() } else { endpoint.authority() };
    let mut variables = vec![
        ("AWS_ENDPOINT_URL".to_owned(), endpoint.url.clone()),
        ("SSL_CERT_FILE".to_owned(), authority.to_str().expect("a temporary folder is named in UTF-8").to_owned()),
        ("TOCSIN_PARKED_QUEUE_URL".to_owned(), format!("{}/000000000000/bench", endpoint.url)),
        ("TOCSIN_WAKES".to_owned(), format!("{}/000000000000/wakes", endpoint.url)),
        ("TOCSIN_SHARDS".to_owned(), "1".to_owned()),
        ("AWS_REGION".to_owned(), "us-east-1".to_owned()),
    ];
    let keys = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"].map(|name| format!("AWS_{name}"));
    let places = ["NAME", "BUCKET", "CONFIG_KEY", "TOPIC_TECHNICAL", "TOPIC_BUSINESS"];
    let tables = ["METRICS", "ALERTS", "INCIDENTS", "POST_MORTEMS", "ACTION_ITEMS", "DEPLOYMENTS", "EVENTS", "SLOS"];
    let places = places.iter().map(|name| format!("TOCSIN_{name}"));
    let tables = tables.iter().map(|name| format!("TOCSIN_TABLE_{name}"));
    variables.extend(keys.into_iter().chain(places).chain(tables).map(|name| (name, "bench".to_owned())));
    variables
}

fn print(cases: &[Case], runs: usize) {
    let floor = (median(cases[0].inits.clone()), median(cases[0].cpus.clone()));
    let defaults = median(cases[1].cpus.clone());
    println!("\nStarts: {runs} interleaved runs; the floor takes {:.2} ms to start, {:.2} ms of CPU", floor.0, floor.1);
    let mut table = Table::new(&[
        "function",
        "start/floor",
        "CPU start+call/floor",
        "CPU/SDK defaults",
        "warm p50 us",
        "p99/p50",
        "MiB after 1000",
    ]);
    for (index, case) in cases.iter().enumerate() {
        let (init, cpu) = (median(case.inits.clone()) / floor.0, median(case.cpus.clone()));
        let ours = index > 1;
        let limit =
            |number: f64, limit: f64| if ours { Verdict::at_most(number, limit) } else { Verdict::none(number) };
        let in_the_way = matches!(case.name, "api" | "incident-response");
        table.row(&[
            case.name.to_owned(),
            limit(init, if in_the_way { INIT_MAX_IN_THE_WAY } else { INIT_MAX }).to_string(),
            limit(cpu / floor.1, CPU_MAX).to_string(),
            limit(cpu / defaults, CPU_SHARE_OF_DEFAULTS_MAX).to_string(),
            format!("{:.0}", median(case.halves.clone()) * 1000.0),
            limit(median(case.tails.clone()), TAIL_MAX).to_string(),
            limit(median(case.resident.clone()), RESIDENT_MAX).to_string(),
        ]);
    }
    table.print();
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
