//! The only caller of "now" and of sleep.
//!
//! The wall clock decides when. It sleeps on a timerfd of the wall clock that reports a set clock
//! at once (`TFD_TIMER_CANCEL_ON_SET`). Steps are told from suspends by CLOCK_BOOTTIME, which goes
//! on during a suspend.
//!
//! `JOBSD_TEST_CLOCK` names a file with an offset in seconds (`-3600`, `12.5`), re-read at each
//! look: the wall clock of this process is the machine's plus that offset. For tests only; child
//! processes see the real clock.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use rustix::time::{
    ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime,
    timerfd_create, timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::model::event::Boot;
use crate::shell::journal::belief::Clocks;
use crate::time::{SignedDuration, TimeZone, Timestamp};

/// A difference between the clocks that is a step and not a slew.
const STEP_MIN: SignedDuration = SignedDuration::from_millis(500);

/// The loop wakes after this, whatever is due: a sign of life, and a look at what tells
/// no one when it changes.
pub const LONGEST_SLEEP: SignedDuration = SignedDuration::from_secs(2);

/// How often a test clock's file is looked at.
const TEST_CLOCK_POLL: Duration = Duration::from_millis(5);

/// The machine's clocks.
#[derive(Debug)]
pub struct Clock {
    test_offset: Option<PathBuf>,
    /// Made by the first wait, so that the runtime which waits is the one that watches it.
    timer: OnceLock<AsyncFd<OwnedFd>>,
    /// Wall minus boot clock, as last seen.
    offset: SignedDuration,
}

/// One look at the clock.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The wall clock.
    pub now: Timestamp,
    /// Set when the clock was stepped, forward or back, since the last look: what it would show
    /// without the step.
    pub stepped_from: Option<Timestamp>,
}

impl Clock {
    /// The clock of this process.
    pub fn system() -> Clock {
        let test_offset = std::env::var_os("JOBSD_TEST_CLOCK").map(PathBuf::from);
        let mut clock = Clock {
            test_offset,
            timer: OnceLock::new(),
            offset: SignedDuration::ZERO,
        };
        clock.offset = clock.wall().duration_since(boot());
        clock
    }

    /// Looks at the clock.
    pub fn look(&mut self) -> Look {
        let (now, boot) = (self.wall(), boot());
        let offset = now.duration_since(boot);
        let step = offset - self.offset;
        self.offset = offset;
        let stepped_from = (step.abs() >= STEP_MIN).then(|| now - step);
        Look { now, stepped_from }
    }

    /// Sleeps until the wall clock shows `at`, was set, or [`LONGEST_SLEEP`] has passed.
    /// An early return is harmless: the caller looks again.
    ///
    /// # Cancel safety
    /// Cancel safe: nothing is lost but the wait.
    pub async fn sleep_until(&self, at: Option<Timestamp>) {
        let now = self.wall();
        let longest = now + LONGEST_SLEEP;
        let at = at.map_or(longest, |at| at.min(longest));
        if at <= now {
            return;
        }
        if self.test_offset.is_some() {
            let rest = Duration::try_from(at.duration_since(now)).unwrap_or_default();
            return pause(rest.min(TEST_CLOCK_POLL)).await;
        }
        let Ok(timer) = self.armed(at) else {
            return pause(TEST_CLOCK_POLL).await;
        };
        // Readable means expired or, with ECANCELED at the read, set: either way the caller looks
        // again.
        if let Ok(mut ready) = timer.readable().await {
            let mut ticks = [0u8; 8];
            let _ = rustix::io::read(timer.get_ref(), &mut ticks);
            ready.clear_ready();
        }
    }

    /// The timer, set to an instant.
    fn armed(&self, at: Timestamp) -> io::Result<&AsyncFd<OwnedFd>> {
        let timer = match self.timer.get() {
            Some(timer) => timer,
            None => {
                let timer = timer()?;
                self.timer.get_or_init(|| timer)
            }
        };
        let zero = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let value = Timespec {
            tv_sec: at.as_second(),
            tv_nsec: i64::from(at.subsec_nanosecond()).max(0),
        };
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        let spec = Itimerspec {
            it_interval: zero,
            it_value: value,
        };
        timerfd_settime(timer.get_ref(), flags, &spec)?;
        Ok(timer)
    }

    /// The wall clock as this process sees it; a step is noticed by [`Clock::look`] alone.
    pub fn now(&self) -> Timestamp {
        self.wall()
    }

    fn wall(&self) -> Timestamp {
        self.test_offset.as_deref().map_or_else(now, moved)
    }
}

/// The boot of this machine, as its wall clock shows `now`; `None` where the kernel does not name
/// its boots.
pub fn machine_boot(now: Timestamp) -> Option<Boot> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let up = boot().duration_since(Timestamp::UNIX_EPOCH);
    let at = now.checked_sub(up).ok()?;
    Some(Boot {
        id: id.trim().to_owned(),
        at,
    })
}

/// A timer of the wall clock.
fn timer() -> io::Result<AsyncFd<OwnedFd>> {
    let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
    let timer = timerfd_create(TimerfdClockId::Realtime, flags)?;
    #[expect(
        deprecated,
        reason = "an OwnedFd stays open and the same; the successor is unsafe for types that do not"
    )]
    let timer = AsyncFd::with_interest(timer, Interest::READABLE)?;
    Ok(timer)
}

/// Whether the wall clock can be right: a machine without a battery begins in the past, a broken
/// one leaps far ahead.
pub fn is_sane(now: Timestamp) -> bool {
    /// 2026-01-01 and 2076-01-01: this program is younger than the one, and not that old at the
    /// other.
    const SANE: std::ops::Range<i64> = 1_767_225_600..3_345_062_400;
    SANE.contains(&now.as_second())
}

/// Says that the clock cannot be right.
pub fn trouble(now: Timestamp) -> Option<String> {
    (!is_sane(now)).then(|| crate::text::trouble::insane_clock(now.strftime("%Y-%m-%d")))
}

/// The daemon's wall clock, for pages that say how long ago something was: the machine's, moved by
/// the test clock.
pub fn daemon_now() -> Timestamp {
    let test_offset = std::env::var_os("JOBSD_TEST_CLOCK");
    test_offset.map_or_else(now, |path| moved(Path::new(&path)))
}

fn moved(test_offset: &Path) -> Timestamp {
    let real = now();
    let text = std::fs::read_to_string(test_offset).unwrap_or_default();
    let secs: f64 = text.trim().parse().unwrap_or(0.0);
    let offset = SignedDuration::try_from_secs_f64(secs).unwrap_or(SignedDuration::ZERO);
    real.checked_add(offset).unwrap_or(real)
}

/// The machine's wall clock, for commands that look once.
pub fn now() -> Timestamp {
    instant(clock_gettime(ClockId::Realtime))
}

/// The machine's wall clock, to be compared with the times of files.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads a clock"
)]
pub fn system_time() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// The monotonic clock, to measure how long.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that looks at the monotonic clock"
)]
pub fn monotonic() -> std::time::Instant {
    std::time::Instant::now()
}

/// The monotonic clock as a span, for what is shared between tasks.
pub fn uptime() -> Duration {
    let spec = clock_gettime(ClockId::Monotonic);
    let secs = u64::try_from(spec.tv_sec).unwrap_or(0);
    Duration::new(secs, u32::try_from(spec.tv_nsec).unwrap_or(0))
}

/// The zone of this machine or of `TZ`.
pub fn zone() -> TimeZone {
    let zone = TimeZone::system();
    // By its name it is the zone that schedules know, from the copy of the data that serves.
    let known = zone.iana_name().and_then(crate::time::zone);
    known.unwrap_or(zone)
}

/// Sleeps on the monotonic clock.
#[expect(clippy::disallowed_methods, reason = "the one place that sleeps")]
pub async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}

/// Lets the thread of a command rest on the monotonic clock; nothing wakes it before.
#[expect(clippy::disallowed_methods, reason = "the one place that sleeps")]
pub fn rest(span: Duration) {
    std::thread::sleep(span);
}

/// The time since the machine began, suspends included, beside what the wall clock shows.
pub fn clocks(wall: Timestamp) -> Clocks {
    static BOOT_ID: OnceLock<String> = OnceLock::new();
    let boot_id = BOOT_ID.get_or_init(|| {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
        text.unwrap_or_default().trim().to_owned()
    });
    Clocks {
        wall,
        boot: boot().duration_since(Timestamp::UNIX_EPOCH),
        boot_id: boot_id.clone(),
    }
}

fn boot() -> Timestamp {
    instant(clock_gettime(ClockId::Boottime))
}

fn instant(spec: Timespec) -> Timestamp {
    let nanos = i32::try_from(spec.tv_nsec).unwrap_or(0);
    Timestamp::new(spec.tv_sec, nanos).unwrap_or(Timestamp::UNIX_EPOCH)
}
