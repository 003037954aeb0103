//! A handler that may panic without taking others with it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tower_lsp::ExitedError;
use tower_lsp::jsonrpc::{Request, Response};
use tower_service::Service;

/// What a handler ends with: a response, or none to a notification.
pub(super) type Outcome = Result<Option<Response>, Panicked>;

/// The text of a panic.
#[derive(Debug)]
pub(super) struct Panicked(pub(super) String);

impl From<Box<dyn Any + Send>> for Panicked {
    fn from(payload: Box<dyn Any + Send>) -> Self {
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        Self(text.unwrap_or_else(|| "a panic without a text".to_owned()))
    }
}

type Handler = Pin<Box<dyn Future<Output = Result<Option<Response>, ExitedError>> + Send>>;

/// A handler under way.
///
/// The state behind it stays usable after a panic: locks recover from poisoning, and every
/// critical section leaves its data whole.
pub(super) struct Guarded(Handler);

impl Guarded {
    /// Starts a handler and runs it up to its first `await` that has to wait.
    pub(super) fn start<S>(service: &mut S, request: Request) -> Result<Outcome, Self>
    where
        S: Service<Request, Response = Option<Response>, Error = ExitedError, Future = Handler>,
    {
        let called = catch_unwind(AssertUnwindSafe(|| service.call(request)));
        let mut handler = match called {
            Ok(handler) => Self(handler),
            Err(payload) => return Ok(Err(payload.into())),
        };
        // Nothing is lost by a waker that does nothing: who gets the handler back polls it anew.
        match Pin::new(&mut handler).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => Ok(outcome),
            Poll::Pending => Err(handler),
        }
    }
}

impl Future for Guarded {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            // The framework's only error says that it has exited, which the shell never tells it.
            Ok(poll) => poll.map(|result| Ok(result.unwrap_or_default())),
            Err(payload) => Poll::Ready(Err(payload.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Panics where the method says.
    struct Clumsy;

    impl Service<Request> for Clumsy {
        type Response = Option<Response>;
        type Error = ExitedError;
        type Future = Handler;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ExitedError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request) -> Handler {
            let method = request.method().to_owned();
            assert!(method != "at once", "at once");
            Box::pin(async move {
                assert!(method != "first poll", "first poll");
                tokio::task::yield_now().await;
                assert!(method != "second poll", "{method}");
                Ok(None)
            })
        }
    }

    #[tokio::test]
    async fn panics_end_their_handler_only() {
        for method in ["at once", "first poll", "second poll"] {
            let outcome = match Guarded::start(&mut Clumsy, Request::build(method).finish()) {
                Ok(outcome) => outcome,
                Err(handler) => handler.await,
            };
            assert_eq!(outcome.unwrap_err().0, method);
        }
        let sound = Guarded::start(&mut Clumsy, Request::build("none").finish());
        let Err(handler) = sound else {
            panic!("it waits once")
        };
        assert!(matches!(handler.await, Ok(None)));
    }
}
