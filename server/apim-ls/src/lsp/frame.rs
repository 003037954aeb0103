//! Cuts the input into JSON messages, and finds the way back after nonsense.
//!
//! The framework's own codec loses the stream for good after a header it cannot parse or a body
//! that is not UTF-8. This reader reports a [`Malformed`] stretch and goes on at the next
//! `Content-Length`. That works inside a body too: raw line breaks cannot occur in a JSON string,
//! so a header within what should be a body proves that the announced length was wrong.

use std::ops::Range;

use serde_json::Value;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::lenient;

/// No message of an editor comes near this: the largest carry one document.
const MAX_CONTENT_LENGTH: usize = 256 << 20;
/// Longer than any block of headers that a client sends.
const MAX_HEADER_LENGTH: usize = 4 << 10;
/// What the buffer keeps allocated between messages.
const KEPT_CAPACITY: usize = 64 << 10;

const CONTENT_LENGTH: &[u8] = b"content-length:";

/// Why a stretch of the input was dropped.
#[derive(Debug, Error)]
pub(super) enum Malformed {
    #[error("dropped {0} bytes that are no message header")]
    Header(usize),
    #[error("dropped a message whose length is announced as {0} bytes")]
    TooLong(String),
    #[error("dropped a message that another one interrupts: its announced length is wrong")]
    Interrupted,
    #[error("dropped a message that is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the input ends within a message")]
    Unfinished,
    #[error("cannot read the input: {0}")]
    Input(#[from] std::io::Error),
}

/// Reads messages from a byte stream.
#[derive(Debug)]
pub(super) struct FrameReader<R> {
    input: R,
    buffer: Vec<u8>,
    /// Bytes at the start of `buffer` that are done with.
    consumed: usize,
    /// Length of the body that comes next; without one, a header comes next.
    body: Option<Body>,
    ended: bool,
}

#[derive(Clone, Copy, Debug)]
struct Body {
    length: usize,
    /// Bytes of it already searched for an intruding header.
    searched: usize,
}

enum Header {
    Incomplete,
    /// A sound block: its own length and that of the body it announces.
    Complete(usize, usize),
    Bad(Malformed),
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(super) const fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            consumed: 0,
            body: None,
            ended: false,
        }
    }

    /// The next message, or the next stretch of the input that is none; nothing at the end of the
    /// input. A caller may drop the future and call again without losing a byte.
    pub(super) async fn next(&mut self) -> Option<Result<Value, Malformed>> {
        loop {
            if let Some(result) = self.take() {
                return Some(result);
            }
            if self.ended {
                return None;
            }
            self.buffer.drain(..self.consumed);
            self.consumed = 0;
            if self.buffer.is_empty() {
                self.buffer.shrink_to(KEPT_CAPACITY);
            }
            self.buffer.reserve(KEPT_CAPACITY / 4);
            match self.input.read_buf(&mut self.buffer).await {
                Ok(0) => {
                    self.ended = true;
                    if self.body.is_some() || !self.rest().trim_ascii().is_empty() {
                        return Some(Err(Malformed::Unfinished));
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error.into()));
                }
            }
        }
    }

    fn rest(&self) -> &[u8] {
        &self.buffer[self.consumed..]
    }

    /// What the buffered bytes give, if they suffice.
    fn take(&mut self) -> Option<Result<Value, Malformed>> {
        if self.ended {
            return None;
        }
        if self.body.is_none() {
            match self.header() {
                Header::Incomplete => return None,
                Header::Bad(reason) => return Some(Err(reason)),
                Header::Complete(header, length) => {
                    self.consumed += header;
                    self.body = Some(Body {
                        length,
                        searched: 0,
                    });
                }
            }
        }
        let Body { length, searched } = self.body?;
        if self.rest().len() < length {
            // A header may straddle two reads, so the search goes back by the longest sensible one.
            let from = searched.saturating_sub(64);
            let intruder = find_header(&self.rest()[from..]);
            if let Some(at) = intruder {
                self.consumed += from + at;
                self.body = None;
                return Some(Err(Malformed::Interrupted));
            }
            self.body = Some(Body {
                length,
                searched: self.rest().len(),
            });
            return None;
        }
        self.body = None;
        let body = &self.rest()[..length];
        match lenient::parse(body) {
            Ok(message) => {
                self.consumed += length;
                Some(Ok(message))
            }
            Err(error) => {
                self.consumed += find_header_or_its_beginning(body).unwrap_or(length);
                Some(Err(error.into()))
            }
        }
    }

    /// Reads the block of headers at the start of the rest; drops what cannot be one.
    fn header(&mut self) -> Header {
        // Blank lines between messages harm nobody.
        let blank = self.rest().len() - self.rest().trim_ascii_start().len();
        self.consumed += blank;
        let Some(end) = find_blank_line(self.rest()) else {
            if self.rest().len() <= MAX_HEADER_LENGTH {
                return Header::Incomplete;
            }
            return Header::Bad(self.drop_to_next_header(1));
        };
        if end.end > MAX_HEADER_LENGTH {
            return Header::Bad(self.drop_to_next_header(1));
        }
        match content_length(&self.rest()[..end.start]) {
            Some(Ok(length)) => Header::Complete(end.end, length),
            Some(Err(announced)) => {
                self.consumed += end.end;
                Header::Bad(Malformed::TooLong(announced))
            }
            None => Header::Bad(self.drop_to_next_header(1)),
        }
    }

    /// Drops everything before the next header that starts at `from` or later.
    fn drop_to_next_header(&mut self, from: usize) -> Malformed {
        let rest = self.rest();
        let dropped =
            find_header_or_its_beginning(&rest[from..]).map_or(rest.len(), |at| from + at);
        self.consumed += dropped;
        Malformed::Header(dropped)
    }
}

/// The announced length in a block of headers: none if the block is no sound one, an error if the
/// number is beyond reason.
fn content_length(block: &[u8]) -> Option<Result<usize, String>> {
    let block = std::str::from_utf8(block).ok()?;
    let mut announced = None;
    for line in block.lines() {
        let (name, value) = line.split_once(':')?;
        let is_token = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if name.is_empty() || !name.chars().all(is_token) {
            return None;
        }
        // Other headers say nothing that matters: a body is UTF-8 or it is not JSON.
        if name.eq_ignore_ascii_case("content-length") && announced.replace(value.trim()).is_some()
        {
            return None;
        }
    }
    let announced = announced?;
    if announced.is_empty() || !announced.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let length = announced
        .parse()
        .ok()
        .filter(|&it| it <= MAX_CONTENT_LENGTH);
    Some(length.ok_or_else(|| announced.chars().take(32).collect()))
}

/// The first line break that another one follows, both included.
fn find_blank_line(bytes: &[u8]) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|&byte| byte == b'\n') {
        let line_end = from + at + 1;
        let start = line_end - 1 - usize::from(bytes[..line_end - 1].ends_with(b"\r"));
        let next = &bytes[line_end..];
        if next.starts_with(b"\n") {
            return Some(start..line_end + 1);
        }
        if next.starts_with(b"\r\n") {
            return Some(start..line_end + 2);
        }
        from = line_end;
    }
    None
}

/// Where a whole `Content-Length` line begins.
fn find_header(bytes: &[u8]) -> Option<usize> {
    (0..bytes.len()).find(|&at| starts_header(&bytes[at..]) == Some(true))
}

/// Where a `Content-Length` line begins that is whole or cut off by the end.
fn find_header_or_its_beginning(bytes: &[u8]) -> Option<usize> {
    (0..bytes.len()).find(|&at| starts_header(&bytes[at..]).is_some())
}

/// Whether a `Content-Length` line stands at the start: a whole one, or one that ends too early
/// to tell.
fn starts_header(bytes: &[u8]) -> Option<bool> {
    let (name, value) = bytes.split_at(bytes.len().min(CONTENT_LENGTH.len()));
    if !name.eq_ignore_ascii_case(&CONTENT_LENGTH[..name.len()]) {
        return None;
    }
    let value = value.trim_ascii_start();
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit());
    let digits = digits.count();
    match &value[digits..] {
        [] | [b'\r'] => Some(false),
        [b'\n', ..] | [b'\r', b'\n', ..] if digits > 0 => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    /// Reads the whole input, in pieces of `step` bytes, and renders what comes out of it.
    fn read(input: &[u8], step: usize) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (mut writer, reader) = tokio::io::duplex(step);
            let feed = async move {
                tokio::io::AsyncWriteExt::write_all(&mut writer, input)
                    .await
                    .unwrap();
            };
            let collect = async move {
                let mut reader = FrameReader::new(reader);
                let mut seen = Vec::new();
                while let Some(result) = reader.next().await {
                    seen.push(match result {
                        Ok(value) => value.to_string(),
                        Err(_) => "malformed".to_owned(),
                    });
                }
                seen
            };
            tokio::join!(feed, collect).1
        })
    }

    /// The sound messages of an input, which must be the same however the bytes arrive.
    fn messages(input: impl AsRef<[u8]>) -> Vec<String> {
        let sound = |step| {
            let mut seen = read(input.as_ref(), step);
            seen.retain(|it| it != "malformed");
            seen
        };
        let whole = sound(1 << 16);
        for step in [1, 7, 64] {
            assert_eq!(sound(step), whole, "in pieces of {step} bytes");
        }
        whole
    }

    #[test]
    fn sound_frames() {
        let input = frame("1") + &frame("\"ä\"") + "\r\n" + &frame("[2]");
        assert_eq!(messages(&input), ["1", "\"ä\"", "[2]"]);
        assert_eq!(read(input.as_bytes(), 1 << 16).len(), 3);
    }

    #[test]
    fn header_variants() {
        let input = "Content-Type: application/vscode-jsonrpc; charset=utf8\r\ncontent-length:1\r\n\r\n1\
                     CONTENT-LENGTH: 1\n\n2Content-Length: 1\r\nX-Other: y\r\n\r\n3";
        assert_eq!(messages(input), ["1", "2", "3"]);
    }

    #[test]
    fn resynchronises_after_garbage() {
        let good = frame("7");
        for garbage in [
            "garbage",
            "garbage\r\n\r\n",
            "{\"a\":1}\n",
            "Content-Length: x\r\n\r\n",
            "Content-Length: -5\r\n\r\n{}",
            "Content-Length: \r\n\r\n",
            "Content-Length: 99999999999999999999999\r\n\r\n{}",
            "Content-Length: 4000000000\r\n\r\n{}",
            "Content-Type: text/plain\r\n\r\n{}",
            "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "Content-Length: 3\r\n\r\n{\"too\": \"long\"}",
            "Content-Length: 0\r\n\r\n",
            "Content-Length: 2\r\n\r\n{]",
            "Content-",
            "Content-Length: 12",
        ] {
            let input = format!("{}{garbage}{good}", frame("1"));
            assert_eq!(messages(&input), ["1", "7"], "after {garbage:?}");
        }
        let long = "x".repeat(3 * MAX_HEADER_LENGTH);
        assert_eq!(messages(format!("{long}{good}")), ["7"]);
    }

    #[test]
    fn a_length_too_long_costs_one_message() {
        let input = format!("Content-Length: 500\r\n\r\n1{}{}", frame("2"), frame("3"));
        assert_eq!(messages(input), ["2", "3"]);
        let swallowed = format!("Content-Length: 23\r\n\r\n1{}{}", frame("2"), frame("3"));
        assert_eq!(messages(swallowed), ["2", "3"]);
    }

    #[test]
    fn a_header_within_a_string_is_text() {
        let body = r#""Content-Length: 5\r\n\r\n""#;
        assert_eq!(messages(frame(body)), [body]);
    }

    #[test]
    fn invalid_utf8_costs_one_message() {
        let mut input = b"Content-Length: 4\r\n\r\n\"\xff\xfe\"".to_vec();
        input.extend(frame("7").bytes());
        assert_eq!(messages(input), ["7"]);
    }

    #[test]
    fn an_unfinished_message_is_reported() {
        assert_eq!(read(b"Content-Length: 10\r\n\r\n1", 64), ["malformed"]);
        assert_eq!(read(b"Content-Len", 64), ["malformed"]);
        assert_eq!(read(b"\r\n", 64), Vec::<String>::new());
    }
}
