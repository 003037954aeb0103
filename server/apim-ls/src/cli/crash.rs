//! A panic in the analysis of one file costs that file alone.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Where this thread's last panic happened; `None` outside [`catch`].
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`; a panic becomes an error that says what happened and where. Nothing is printed.
///
/// What `work` borrows must not be used afterwards if it may be left half changed.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    quiet_hook();
    PLACE.set(Some(String::new()));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    let place = PLACE.take().unwrap_or_default();
    result.map_err(|payload| format!("{} (at {place})", message(payload.as_ref())))
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}

/// The standard hook prints at once, in the middle of other output, and does not know the file.
fn quiet_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let caught = PLACE.with_borrow_mut(|place| {
                let caught = place.is_some();
                if let (Some(place), Some(location)) = (place, info.location()) {
                    *place = location.to_string();
                }
                caught
            });
            if !caught {
                previous(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_message_with_its_place() {
        let file = file!();
        for result in [
            catch(|| -> u8 { panic!("no such vault") }),
            catch(|| panic!("no such {}", "vault")),
        ] {
            let message = result.expect_err("it panicked");
            assert!(message.starts_with("no such vault (at "), "{message}");
            assert!(message.contains(file), "{message}");
        }
        assert_eq!(catch(|| 1), Ok(1));
    }
}
