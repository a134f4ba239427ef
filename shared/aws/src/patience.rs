use std::time::Duration;

use domain::metric::{Failure, FailureKind};
use tokio::time::{Instant, sleep_until, timeout_at};

/// The first pause after a refusal; it doubles with each.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
/// The longest pause: a source that throttles at 50 calls a second serves 250 others in it.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// How often an unreachable source is tried: once more covers a connection that died while the function was frozen, a
/// third covers a source's own fail-over; a source that is down must not cost the whole budget of every tick.
const UNREACHABLE_TRIES_MAX: u32 = 3;

/// Tries until it works, the failure is final, or `deadline` would pass: throttling is waited out as long as there is
/// time, an unreachable source is tried a few times, everything else is final.
///
/// Pauses are spread by `seed`, so that shards that were throttled together do not come back together.
pub(crate) async fn patiently<T, F: Future<Output = Result<T, Failure>>>(
    deadline: Instant,
    seed: &str,
    mut attempt: impl FnMut() -> F,
) -> Result<T, Failure> {
    let mut pause = PAUSE_FIRST;
    let mut last: Option<Failure> = None;
    let mut unreachable = 0;
    if Instant::now() >= deadline {
        return Err(never(FailureKind::NotAsked));
    }
    loop {
        let failure = match timeout_at(deadline, attempt()).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(failure)) => failure,
            Err(_) => return Err(last.unwrap_or_else(|| never(FailureKind::TimedOut))),
        };
        unreachable += u32::from(failure.kind == FailureKind::Unreachable);
        let again = match failure.kind {
            FailureKind::Throttled => true,
            FailureKind::Unreachable => unreachable < UNREACHABLE_TRIES_MAX,
            _ => false,
        };
        let wake = Instant::now() + pause.mul_f64(spread(seed));
        if !again || wake >= deadline {
            return Err(failure);
        }
        last = Some(failure);
        sleep_until(wake).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// A factor of `0.5..1.5` that belongs to `seed`.
fn spread(seed: &str) -> f64 {
    let hash = seed.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    0.5 + f64::from(hash) / (f64::from(u32::MAX) + 1.0)
}

fn never(kind: FailureKind) -> Failure {
    Failure { kind, detail: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(budget_ms: u64, answers: &[Option<FailureKind>], expected: Option<FailureKind>, attempts: usize) {
        let mut tried = 0;
        let found = patiently(Instant::now() + Duration::from_millis(budget_ms), "", || {
            let answer = answers.get(tried).copied().unwrap_or(Some(FailureKind::Throttled));
            tried += 1;
            async move { answer.map_or(Ok(()), |kind| Err(never(kind))) }
        })
        .await;
        assert_eq!((found.err().map(|f| f.kind), tried), (expected, attempts), "{answers:?}");
    }

    #[tokio::test]
    async fn waits_only_for_what_may_pass() {
        use FailureKind::{Denied, NotAsked, Rejected, Throttled, Unreachable};
        check(60_000, &[None], None, 1).await;
        check(60_000, &[Some(Throttled), None], None, 2).await;
        check(60_000, &[Some(Denied), None], Some(Denied), 1).await;
        check(60_000, &[Some(Rejected), None], Some(Rejected), 1).await;
        check(60_000, &[Some(Unreachable); 9], Some(Unreachable), 3).await;
        check(0, &[None], Some(NotAsked), 0).await;
    }

    #[tokio::test]
    async fn gives_up_before_the_deadline_with_the_last_reason() {
        let began = Instant::now();
        check(500, &[], Some(FailureKind::Throttled), 2).await;
        assert!(began.elapsed() < Duration::from_millis(500));
    }

    #[tokio::test]
    async fn an_answer_that_never_comes_is_timed_out() {
        let deadline = Instant::now() + Duration::from_millis(20);
        let found: Result<(), _> = patiently(deadline, "", std::future::pending).await;
        assert_eq!(found.unwrap_err().kind, FailureKind::TimedOut);
    }

    #[test]
    fn pauses_are_spread_around_one() {
        let factors: Vec<f64> = (0..1000).map(|i| spread(&format!("shard-{i}"))).collect();
        assert!(factors.iter().all(|f| (0.5..1.5).contains(f)));
        let mean = factors.iter().sum::<f64>() / 1000.0;
        assert!((0.95..1.05).contains(&mean), "{mean}");
    }
}
