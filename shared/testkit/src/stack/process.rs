use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// It answers within a second on a quiet machine; tests start several at once.
const READY_WITHIN: Duration = Duration::from_mins(1);
const ASKED_EVERY: Duration = Duration::from_millis(50);

/// Runs the program until the shell's input ends: that it does when the test drops it, and when the test's process
/// ends, however it ends.
const UNTIL_INPUT_ENDS: &str = r#"
    exec 3<&0
    "$0" </dev/null & child=$!
    { read -r _ <&3; kill "$child" 2>/dev/null; } &
    wait "$child"
"#;

#[derive(Debug)]
pub(super) struct Process {
    shell: Child,
    folder: PathBuf,
}

impl Process {
    pub(super) fn start(port: u16) -> Self {
        let program = program();
        let folder = std::env::temp_dir().join(format!("tocsin-stack-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder for temporary files is writable");
        let log = File::create(folder.join("log")).expect("the folder was just made");
        let mut command = Command::new("sh");
        command.args(["-c", UNTIL_INPUT_ENDS]).arg(&program).current_dir(&folder).stdin(Stdio::piped());
        command.stdout(log.try_clone().expect("a file can be shared")).stderr(log);
        // Functions inherit what stands here, so nothing of the caller's AWS settings may.
        let ours = |name: &str| ["AWS_", "TOCSIN_", "MINISTACK_"].iter().any(|prefix| name.starts_with(prefix));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(ours)) {
            command.env_remove(name);
        }
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string()).env("AUTH", "true");
        command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"));
        command.env("TMPDIR", &folder).env("S3_DATA_DIR", folder.join("s3")).env("STATE_DIR", folder.join("state"));
        let shell = command.spawn().expect("there is a shell");
        let mut process = Self { shell, folder };
        process.await_ready(port, &program);
        process
    }

    fn await_ready(&mut self, port: u16, program: &Path) {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline && self.shell.try_wait().is_ok_and(|ended| ended.is_none()) {
            if answers(port) {
                return;
            }
            sleep(ASKED_EVERY);
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("{} did not start within {READY_WITHIN:?}; it said:\n{log}", program.display());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Neither can fail in a way that a test could do something about.
        let _ = self.shell.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn program() -> PathBuf {
    let installed = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/ministack");
    let program = std::env::var_os("TOCSIN_MINISTACK").map_or_else(installed, PathBuf::from);
    assert!(
        program.is_file(),
        "{} is not there: run scripts/test, which installs it, or name one in TOCSIN_MINISTACK",
        program.display()
    );
    program
}

fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
