//! What a run takes of its target at most: one budget, shared by all threads. Whatever answers may be
//! anybody, and must not be able to starve the judge.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A body holds no more values than one for so many bytes of its limit: documented ones hold one for
/// twenty to forty.
const BYTES_PER_VALUE: u64 = 16;
/// The beginning of every sentence that says that a budget of the whole run is used up.
const USED_UP: &str = "the run was ended: it has";

/// How much is read, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// The bytes of an answer that is one thing. Documented ones have some thousand.
    pub answer: u64,
    /// The bytes of an answer that is a list, of which each element is one thing.
    pub list: u64,
    /// The pages of a list.
    pub pages: usize,
    /// The bytes of all answers of a run.
    pub total: u64,
    /// The time of a run; without one it may take any.
    pub time: Option<Duration>,
}

impl Default for Allowance {
    fn default() -> Self {
        let (answer, list, total) = (2 << 20, 64 << 20, 4 << 30);
        Allowance { answer, list, pages: 1000, total, time: None }
    }
}

impl Allowance {
    /// The time of a run where nobody says, and nobody asks for a slow one.
    pub const TIME: Duration = Duration::from_secs(4 * 60 * 60);

    /// Returns how many values a body of so many bytes holds at most.
    pub(crate) fn values(bytes: u64) -> u64 {
        bytes / BYTES_PER_VALUE
    }

    /// Returns how many bytes of a list in pages are put together: it is compared as a whole.
    pub(crate) fn joined(&self) -> u64 {
        self.answer.saturating_mul(4)
    }

    /// Returns how many bytes of memory are held of a list that was judged in parts.
    pub(crate) fn held_of_list(&self) -> u64 {
        self.list / 2
    }
}

/// What is left of the budget of a run.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) allowance: Allowance,
    began: Instant,
    bytes: AtomicU64,
    values: AtomicU64,
    used_up: OnceLock<String>,
}

impl Budget {
    /// Returns the budget of a run that begins now.
    pub(crate) fn new(allowance: Allowance) -> Self {
        let (bytes, values) = (AtomicU64::new(0), AtomicU64::new(0));
        Budget { allowance, began: Instant::now(), bytes, values, used_up: OnceLock::new() }
    }

    /// Takes so many bytes, which hold so many values, out of what is left.
    ///
    /// # Errors
    /// A sentence without a full stop: it is used up.
    pub(crate) fn take(&self, bytes: u64, values: u64) -> Result<(), String> {
        let most = self.allowance.total;
        let read = self.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        let held = self.values.fetch_add(values, Ordering::Relaxed).saturating_add(values);
        let raise = "`totalBytes` under [limits] in a target file raises it";
        if read > most {
            return Err(self.end(format!("{USED_UP} read {most} bytes, its budget; {raise}")));
        }
        let most = Allowance::values(most);
        match held > most {
            true => Err(self.end(format!("{USED_UP} read {most} values, its budget; {raise}"))),
            false => Ok(()),
        }
    }

    /// Returns how long the run may go on, if that is limited.
    ///
    /// # Errors
    /// A sentence without a full stop: its budget is used up.
    pub(crate) fn time_left(&self) -> Result<Option<Duration>, String> {
        if let Some(sentence) = self.used_up.get() {
            return Err(sentence.clone());
        }
        let Some(most) = self.allowance.time else { return Ok(None) };
        match most.checked_sub(self.began.elapsed()).filter(|left| !left.is_zero()) {
            Some(left) => Ok(Some(left)),
            None => Err(self.out_of_time()),
        }
    }

    /// Ends the run because its time is over, or will be before what is waited for. Returns the
    /// sentence that says so.
    pub(crate) fn out_of_time(&self) -> String {
        let most = self.allowance.time.unwrap_or_default().as_secs_f64();
        self.end(format!("{USED_UP} lasted {most} s, its budget; --max-time raises it"))
    }

    /// Returns the sentence that says which budget ended the run, if one has.
    pub(crate) fn used_up(&self) -> Option<&str> {
        self.used_up.get().map(String::as_str)
    }

    fn end(&self, sentence: String) -> String {
        self.used_up.get_or_init(|| sentence).clone()
    }
}

/// Returns the sentence that says which budget ended a run, if it stands in the reason of a case.
pub(crate) fn ended(reason: &str) -> Option<&str> {
    reason.find(USED_UP).map(|at| &reason[at..])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Allowance, Budget, ended};

    /// What one thread has read another cannot read again.
    #[test]
    fn a_budget_is_one_for_all_threads_and_says_which_is_used_up() {
        let allowance = Allowance { total: 1000, ..Allowance::default() };
        let budget = Budget::new(allowance);
        let refused = std::thread::scope(|scope| {
            let takes = || (0..10).filter(|_| budget.take(50, 0).is_err()).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(takes)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        });
        assert_eq!(refused, 20);
        let said = budget.used_up().unwrap();
        assert!(said.contains("read 1000 bytes") && said.contains("totalBytes"), "{said}");
        assert!(budget.time_left().is_err());
        assert_eq!(ended(&format!("GET /: {said}")), Some(said));

        let dense = Budget::new(allowance).take(100, 63).unwrap_err();
        assert!(dense.contains("read 62 values"), "{dense}");
        let time = Some(Duration::from_millis(1));
        let late = Budget::new(Allowance { time, ..allowance });
        std::thread::sleep(Duration::from_millis(2));
        assert!(late.time_left().unwrap_err().contains("--max-time"));
    }
}
