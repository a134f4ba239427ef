//! The receiver as a process: its files, its log, and orders over HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde_json::Value;

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The process and its port, once it takes requests.
fn start(directory: &Path) -> (Process, u16) {
    let port_file = directory.join("port");
    let child = Command::new(env!("CARGO_BIN_EXE_receiver"))
        .args(["--port", "0", "--port-file"])
        .arg(&port_file)
        .arg("--log")
        .arg(directory.join("log"))
        .stdout(Stdio::null())
        .spawn()
        .expect("the receiver starts");
    let process = Process(child);
    let limit = Instant::now() + Duration::from_secs(10);
    while !port_file.exists() && Instant::now() < limit {
        thread::sleep(Duration::from_millis(10));
    }
    let port = fs::read_to_string(&port_file).expect("the port file is written");
    (process, port.parse().expect("a port"))
}

fn post(port: u16, path: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: \
         close\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_lowercase(), body.to_owned())
}

#[test]
fn it_judges_answers_and_logs() {
    let directory = tempfile::tempdir().expect("a directory");
    let (_process, port) = start(directory.path());
    let check = |path: &str, body: &str, status: &str, answer: &str| {
        let (head, said) = post(port, path, body);
        assert!(head.starts_with(&format!("http/1.1 {status}")) && said.contains(answer), "{path}: {head}\n{said}");
        head
    };
    let key = "0123456789abcdef0123456789abcdef";
    let trigger = format!(
        r#"{{"routing_key":"{key}","event_action":"trigger","dedup_key":"a","payload":{{"summary":"s","source":"x","severity":"info"}}}}"#
    );
    check("/slack", r#"{"text":"hello"}"#, "200", "ok");
    check("/slack", "hello", "400", "invalid_payload");
    check("/v2/enqueue", &trigger, "202", r#""dedup_key":"a""#);
    check("/v2/enqueue", "{}", "400", "routing_key");
    check("/elsewhere", "{}", "404", "");
    check("/control", r#"{"next":[{"status":429,"retry_after":1,"for":"pagerduty"}]}"#, "200", r#""waiting":1"#);
    check("/control", r#"{"next":[{"stat":429}]}"#, "400", "stat");
    check("/slack", r#"{"text":"not for me"}"#, "200", "ok");
    assert!(check("/v2/enqueue", &trigger, "429", "").contains("retry-after: 1"));
    check("/control", r#"{"next":[]}"#, "200", r#""pages":1"#);

    let log = fs::read_to_string(directory.path().join("log")).expect("a log");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let answered: Vec<Option<u64>> = lines.iter().map(|line| line["answered"].as_u64()).collect();
    assert_eq!(answered, [200, 400, 202, 400, 404, 200, 429].map(Some));
    assert!(lines[0]["valid"] == true && lines[1]["valid"] == false && lines[1]["body"] == "hello");
    assert!(!log.contains(key), "the routing key is a secret");
}
