//! A panic of the crate as one line of text.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Panics print nothing from now on; `catch` hands their text to its caller.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        LAST.with(|last| *last.borrow_mut() = describe(info))
    }));
}

pub fn catch<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|_| LAST.with(|last| last.take()))
}

fn describe(info: &PanicHookInfo) -> String {
    let payload = info.payload();
    let message = payload.downcast_ref::<&str>().copied();
    let message = message.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text = format!("{} at {}", message.unwrap_or("no message"), place(info));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The path from the crate's own directory on: where Cargo keeps that one is different on each machine.
fn place(info: &PanicHookInfo) -> String {
    let Some(location) = info.location() else {
        return "an unknown place".to_string();
    };
    let parts: Vec<&str> = location.file().split('/').collect();
    let src = parts.iter().rposition(|&part| part == "src").unwrap_or(0);
    let file = parts[src.saturating_sub(1)..].join("/");
    format!("{file}:{}", location.line())
}
