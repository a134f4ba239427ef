//! A function as a process: started, watched, ended.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running function.
pub(crate) struct Process {
    /// When it was started.
    pub(crate) started: Instant,
    child: Child,
}

impl Process {
    /// Starts `program` with `variables` and nothing else of this process's environment.
    pub(crate) fn start(program: &Path, runtime_api: SocketAddr, variables: &[(String, String)]) -> Self {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.env("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string());
        for (name, value) in [
            ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ] {
            command.env(name, value);
        }
        command.envs(variables.iter().cloned());
        let started = Instant::now();
        let child = command.spawn().unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.display()));
        Self { started, child }
    }

    /// CPU time of all its threads that live.
    pub(crate) fn cpu(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("the function runs");
        let nanoseconds = tasks.filter_map(|task| {
            let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// Resident memory, in MiB.
    pub(crate) fn resident_mib(&self) -> f64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the function runs");
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux says so");
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number of kB");
        kib / 1024.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which whoever waits for it has seen.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
