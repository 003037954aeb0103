//! A recursive descent parser over the decoded text.

use super::json_string::Decoded;
use super::{Expression, Kind, MAXIMUM_DEPTH, Name};

/// Why parsing went no further: the reader of the surrounding expression resumes at its own end.
struct Broken;

pub(super) struct Parser<'a> {
    decoded: &'a Decoded<'a>,
    text: &'a str,
    position: usize,
    /// The offset of the closing `]`.
    end: usize,
}

/// An expression with its height, so that the limit costs no second walk.
type Measured = (Expression, u32);

impl<'a> Parser<'a> {
    /// A parser for a text that begins with `[` and ends with `]`.
    pub(super) fn new(decoded: &'a Decoded<'a>) -> Self {
        let text = decoded.text();
        Self {
            decoded,
            text,
            position: 1,
            end: text.len() - 1,
        }
    }

    pub(super) fn parse(mut self) -> Measured {
        self.skip_white_space();
        let start = self.position;
        if let Ok(parsed) = self.expression(1) {
            self.skip_white_space();
            if self.position == self.end {
                return parsed;
            }
        }
        let end = self.text[..self.end].trim_end().len();
        (self.invalid(start.min(end), end), 1)
    }

    fn expression(&mut self, depth: u32) -> Result<Measured, Broken> {
        if depth > MAXIMUM_DEPTH {
            return Err(Broken);
        }
        self.skip_white_space();
        let start = self.position;
        let (mut expression, mut height) = match self.peek() {
            Some(b'\'') => (self.string()?, 1),
            Some(b'-' | b'0'..=b'9') => (self.integer(), 1),
            Some(byte) if is_name_start(byte) => self.call(depth)?,
            _ => return Err(Broken),
        };
        loop {
            let end_of_expression = self.position;
            self.skip_white_space();
            let kind = match self.peek() {
                Some(b'.') => {
                    self.position += 1;
                    self.skip_white_space();
                    let name = self.name().ok_or(Broken)?;
                    Kind::Member {
                        object: Box::new(expression),
                        name,
                    }
                }
                Some(b'[') => {
                    self.position += 1;
                    let (index, index_height) = self.expression(depth + 1)?;
                    self.expect(b']')?;
                    height = height.max(index_height);
                    Kind::Index {
                        object: Box::new(expression),
                        index: Box::new(index),
                    }
                }
                _ => {
                    self.position = end_of_expression;
                    return Ok((expression, height));
                }
            };
            height += 1;
            if height > MAXIMUM_DEPTH {
                return Err(Broken);
            }
            expression = self.node(kind, start);
        }
    }

    /// `name(arguments)`, `namespace.name(arguments)`
    fn call(&mut self, depth: u32) -> Result<Measured, Broken> {
        let start = self.position;
        let mut function = self.name().ok_or(Broken)?;
        let mut namespace = None;
        self.skip_white_space();
        if self.peek() == Some(b'.') {
            self.position += 1;
            self.skip_white_space();
            namespace = Some(std::mem::replace(&mut function, self.name().ok_or(Broken)?));
        }
        self.expect(b'(')?;
        let mut arguments = Vec::new();
        let mut height = 0;
        self.skip_white_space();
        if self.peek() == Some(b')') {
            self.position += 1;
        } else {
            loop {
                let (argument, argument_height) = self.argument(depth)?;
                height = height.max(argument_height);
                arguments.push(argument);
                self.skip_white_space();
                let separator = self.peek();
                self.position += 1;
                match separator {
                    Some(b',') => {}
                    Some(b')') => break,
                    _ => return Err(Broken),
                }
            }
        }
        if height >= MAXIMUM_DEPTH {
            return Err(Broken);
        }
        let call = Kind::Call {
            namespace,
            function,
            arguments,
        };
        Ok((self.node(call, start), height + 1))
    }

    /// An argument. An empty one is invalid on its own and leaves the call readable.
    fn argument(&mut self, depth: u32) -> Result<Measured, Broken> {
        self.skip_white_space();
        match self.peek() {
            Some(b',' | b')') => Ok((self.invalid(self.position, self.position), 1)),
            _ => self.expression(depth + 1),
        }
    }

    /// `'text'`, in which `''` stands for a quote.
    fn string(&mut self) -> Result<Expression, Broken> {
        let start = self.position;
        let mut text = String::new();
        loop {
            self.position += 1;
            let rest = &self.text[self.position..self.end];
            let quote = rest.find('\'').ok_or(Broken)?;
            text.push_str(&rest[..quote]);
            self.position += quote + 1;
            if self.peek() != Some(b'\'') {
                return Ok(self.node(Kind::String(text.into()), start));
            }
            text.push('\'');
        }
    }

    /// Digits, with a sign or without. What does not fit, or is no integer, is invalid.
    fn integer(&mut self) -> Expression {
        let start = self.position;
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-');
        while self.peek().is_some_and(is_part) {
            self.position += 1;
        }
        let kind = self.text[start..self.position]
            .parse()
            .map_or(Kind::Invalid, Kind::Integer);
        self.node(kind, start)
    }

    fn name(&mut self) -> Option<Name> {
        let start = self.position;
        if !self.peek().is_some_and(is_name_start) {
            return None;
        }
        while self.peek().is_some_and(is_name_part) {
            self.position += 1;
        }
        Some(Name {
            text: self.text[start..self.position].into(),
            range: self.decoded.range(start, self.position),
        })
    }

    fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        self.skip_white_space();
        if self.peek() != Some(byte) {
            return Err(Broken);
        }
        self.position += 1;
        Ok(())
    }

    fn skip_white_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.position += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes()[..self.end].get(self.position).copied()
    }

    fn node(&self, kind: Kind, start: usize) -> Expression {
        Expression {
            kind,
            range: self.decoded.range(start, self.position),
        }
    }

    fn invalid(&self, start: usize, end: usize) -> Expression {
        Expression {
            kind: Kind::Invalid,
            range: self.decoded.range(start, end),
        }
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$')
}

fn is_name_part(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit()
}
