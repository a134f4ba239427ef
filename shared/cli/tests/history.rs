//! Where the history of `tocsin backtest` comes from, and where it is kept.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

const FROM: i64 = 1_772_409_600;
/// From then on for ten minutes the expression is 99, else 1.
const HIGH: i64 = FROM + 3 * 3600;

/// Answers range queries in the shape of the Prometheus API, on a port of this machine.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(&stream).unwrap_or_default()));
    url
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line)? > 2 {
        if let Some(number) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut form = vec![0; length];
    reader.read_exact(&mut form)?;
    let form = String::from_utf8_lossy(&form).into_owned();
    let field =
        |name: &str| form.split('&').find_map(|pair| pair.strip_prefix(name)).and_then(|text| text.parse().ok());
    let (start, end): (i64, i64) = (field("start=").unwrap_or(0), field("end=").unwrap_or(0));
    let step = usize::try_from(field("step=").unwrap_or(60)).unwrap_or(60);
    let number = |at: i64| if (HIGH..HIGH + 600).contains(&(at - 60)) { 99 } else { 1 };
    let values: Vec<String> = (start..=end).step_by(step).map(|at| format!("[{at},\"{}\"]", number(at))).collect();
    let body = format!(
        r#"{{"status":"success","data":{{"resultType":"matrix","result":[{{"metric":{{}},"values":[{}]}}]}}}}"#,
        values.join(",")
    );
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes())
}

fn configuration(url: &str) -> String {
    format!(
        "version: 1
sources: [ {{ name: prom, kind: prometheus, url: \"{url}\" }} ]
services:
  - name: shop
    owner: team-shop
    series: [ {{ name: load, source: prom, expression: load, period: 1m }} ]
monitors:
  - {{ name: shop-load, service: shop, signal: {{ series: load }}, conditions: [ {{ severity: SEV2, when: \"> 50\" }} ], datapoints: {{ breaching: 3, of: 3 }} }}
"
    )
}

fn backtest(folder: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let range = ["--from", "2026-03-02T01:00:00Z", "--to", "2026-03-03T12:00:00Z", "--cache", "cache"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command.current_dir(folder).args(["backtest", "--config", "a.yaml"]).args(range).args(more);
    let output = command.output().expect("tocsin starts");
    let text = |bytes| String::from_utf8(bytes).expect("tocsin prints UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn prometheus_is_asked_once_and_a_damaged_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("a.yaml"), configuration(&server())).expect("it is written");
    let (code, first, told) = backtest(folder.path(), &["--history", "prometheus"]);
    assert_eq!(code, Some(0), "{told}");
    let line = "2026-03-02 03:05  SEV2  shop-load  7m  load 99 (limit > 50) in 3 of the last 3 periods of 1m\n";
    assert!(first.contains(line), "{first}");
    assert!(told.contains("keeps 21") && told.contains(" a point\n"), "{told}");
    let file =
        fs::read_dir(folder.path().join("cache")).expect("it is kept").flatten().next().expect("one file").path();
    let bytes = fs::read(&file).expect("it is there");
    assert!(bytes.len() < 2 * 2160, "{} bytes for 2160 points", bytes.len());
    // What is kept is not asked for again.
    assert_eq!(backtest(folder.path(), &["--history", "prometheus"]), (Some(0), first, String::new()));
    for (damage, words) in [(&bytes[..40], "is damaged"), (b"timestamp,value\n", "is no history that tocsin wrote")] {
        fs::write(&file, damage).expect("it is written");
        let (code, _, told) = backtest(folder.path(), &["--history", "prometheus"]);
        let name = file.strip_prefix(folder.path()).expect("it lies there").display();
        assert_eq!((code, told), (Some(2), format!("{name}: {words}; delete it, and it is fetched again\n")));
    }
}

#[test]
fn a_place_that_cannot_answer_says_why() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("a.yaml"), configuration("http://127.0.0.1:9")).expect("it is written");
    let (code, _, told) = backtest(folder.path(), &["--history", "cloudwatch"]);
    let words = "--history cloudwatch: no series of the configuration is read there\n";
    assert_eq!((code, told.as_str()), (Some(2), words));
    let (code, _, told) = backtest(folder.path(), &["--history", "nowhere"]);
    let words =
        "nowhere: is no folder; write a folder of <service>/<series>.csv files, cloudwatch, prometheus or store\n";
    assert_eq!((code, told.as_str()), (Some(2), words));
}
